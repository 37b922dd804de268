"""control.depth: how near everything is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sfumato.plugin as sf

if TYPE_CHECKING:
    from sfumato_control.planes import Plane

#: These predict metres; the others predict nearness.
_DISTANCES = ("zoedepth", "glpn", "depth_pro", "prompt_depth_anything")


class DepthParams(sf.Params):
    """The model, and which end is white."""

    model: str = sf.Field("", kind="model", label="Depth model",
        help="Folder of a depth model for transformers, such as Depth-Anything-V2-Small-hf.")  # fmt: skip
    invert: bool = sf.Field(False, label="Far is white", help="Control nets want near to be white.")


class Depth(sf.Preprocessor):
    """Any of transformers' depth estimators, from the nearest (white) to the farthest point (black)."""

    id, label = "control.depth", "Depth"
    description = "A depth map by a model of yours: near is white, far is black."
    Params = DepthParams

    def map(self, image: sf.Image, work: sf.Work) -> sf.Image:
        """The depth (H, W, 1) from 0 to 1, in 16 bits. Raises ValueError without a model."""
        from sfumato_control.local_model import load, resized
        from sfumato_control.planes import map_of, rgb_of

        model = load("model", self.params.model, "AutoModelForDepthEstimation", "Depth-Anything-V2-Small-hf")
        work.progress(0.3, "estimating depth")
        predicted = model.run(rgb_of(image)).predicted_depth
        work.progress(0.9)
        near = _stretched(resized(predicted, image.height_px, image.width_px)[:, :, 0])
        if _tells_distance(model.network.config) != self.params.invert:
            near = 1 - near
        return map_of(near, name="depth", bits=16)


def _tells_distance(config: Any) -> bool:
    """Whether large numbers are far away."""
    return config.model_type in _DISTANCES or getattr(config, "depth_estimation_type", "") == "metric"


def _stretched(plane: Plane) -> Plane:
    low, high = float(plane.min()), float(plane.max())
    stretched: Plane = (plane - low) / (high - low if high > low else 1)
    return stretched
