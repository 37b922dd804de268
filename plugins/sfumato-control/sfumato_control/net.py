"""control.net: a ControlNet that makes the model follow a picture."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import sfumato.plugin as sf

if TYPE_CHECKING:
    from sfumato_control.control_model import ControlModel


class NetParams(sf.Params):
    """The network, what it sees, and how much and when it has its say."""

    model: str = sf.Field("", kind="model", label="ControlNet",
        help="Folder of a ControlNet of diffusers for this model, such as control_v11p_sd15_canny; left out, it is the "
        "one that the model brings: Ground's follows depth.")  # fmt: skip
    image: str = sf.Field("", kind="image", label="Control picture",
        help="The control map, or a picture for the preprocessor. It is fitted to the job's size.")  # fmt: skip
    preprocessor: str = sf.Field("", kind="preprocessor", label="Preprocessor",
        help="What makes the map of the picture, such as control.canny; left out, it is the map.")  # fmt: skip
    strength: float = sf.Field(1.0, ge=0, le=2, step=0.05, label="Strength",
        help="How strongly the map is followed; 0 is not at all.")  # fmt: skip
    start: float = sf.Field(0.0, ge=0, le=1, step=0.05, label="Start", group="Steps",
        help="The share of the steps after which the map is followed.")  # fmt: skip
    end: float = sf.Field(1.0, ge=0, le=1, step=0.05, label="End", group="Steps",
        help="The share of the steps up to which the map is followed.")  # fmt: skip


class ControlNet(sf.Conditioner):
    """Zhang et al. 2023, Adding Conditional Control to Text-to-Image Diffusion Models, as in diffusers' pipeline.

    Several of them add up. In a job that tiles, the network wraps around as the model does.
    """

    id, label = "control.net", "ControlNet"
    description = "Makes the model follow a map: edges, depth, poses, whatever the network was trained for."
    Params = NetParams
    needs = sf.Needs(families=("sfumato.stable-diffusion",))
    neutral = MappingProxyType({"strength": 0.0})

    _model: ControlModel | None = None
    _map: Any = None

    def prepare(self, job: sf.Job) -> Generator[None, None, None]:
        """Load the network, make the map. Raises ValueError that names the parameter at fault."""
        if self.params.strength == 0:
            return
        if self.params.start >= self.params.end:
            raise ValueError(f"start: got {self.params.start:g}, expected less than end, which is {self.params.end:g}")
        if "image" not in job.images:
            raise ValueError("image: got no picture, expected the control map, or a picture for the preprocessor")
        from sfumato_control.control_model import chosen, fitted, load

        folder = chosen(self.params.model, job.family)
        model = load(folder, str(job.family.device))
        prompt = yield from job.encode_prompt("")
        model.check(folder, job.family, job.width_px, prompt.shape[-1])
        image = job.images["image"]
        if self.params.preprocessor:
            image = yield from job.preprocess(self.params.preprocessor, image)
        self._map = model.seen(fitted(image, job.width_px, job.height_px))
        self._model, self._family = model, job.family

    def condition(self, call: sf.NetworkCall, at: sf.Moment) -> sf.NetworkCall:
        """The call with the network's residuals, on top of those that it has."""
        if self._model is None or not self._model.acts(at) or not self._acts(at):
            return call
        found = self._model.residuals(call, self._family.sigmas.timestep(call.sigma), self._map) * self.params.strength
        return replace(call, residuals=found if call.residuals is None else call.residuals + found)

    def _acts(self, at: sf.Moment) -> bool:
        """Whether the whole step lies between start and end, as diffusers has it."""
        done, after = at.step_index / at.step_count, (at.step_index + 1) / at.step_count
        return bool(self.params.start <= done and after <= self.params.end)
