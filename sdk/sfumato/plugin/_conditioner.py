"""Conditioners: what acts on every evaluation of the network.

Each is given the call and returns another one, with something changed:

    class Fade(sf.Conditioner):
        id, label = "acme.fade", "Fade the prompt in"

        def condition(self, call, at):
            return replace(call, prompt=call.prompt * min(1.0, 0.5 + at.progress))
"""

from __future__ import annotations

from collections.abc import Generator, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sfumato.plugin._contribution import Contribution

if TYPE_CHECKING:
    import torch

    from sfumato.plugin._family import Family, NetworkCall
    from sfumato.plugin._image import Image


class Job(Protocol):
    """What a conditioner may know of the job that it works for. [engine thread]"""

    width_px: int
    height_px: int
    steps: int
    seed: int
    tile: str
    family: Family
    #: The conditioner's own image and mask parameters, by parameter id; those that were left empty are missing.
    images: Mapping[str, Image]

    def encode_prompt(self, text: str) -> Generator[None, None, Any]:
        """The conditioning of a prompt, ready for `NetworkCall.prompt`, from the cache where it was seen."""
        ...

    def encode_image(self, image: Image) -> Generator[None, None, torch.Tensor]:
        """Latents (1, C, h, w) of an image, which is resized to the job's size."""
        ...

    def preprocess(self, preprocessor_id: str, image: Image) -> Generator[None, None, Image]:
        """The control map that a preprocessor makes of an image, at its default parameters."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Where in the job an evaluation stands: which branch of the guider, and which step, of how many."""

    branch: str
    prompt: str
    step_index: int
    step_count: int

    @property
    def progress(self) -> float:
        """The share of the steps that are done, 0 to under 1."""
        return self.step_index / self.step_count


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of several calls that make up a branch, with its weight: a number, or (1, 1, h, w) for a region.

    The predictions are averaged by weight, so that weights need not sum to one.
    """

    call: NetworkCall
    weight: float | torch.Tensor = 1.0


class Conditioner(Contribution):
    """Base of all conditioners. [engine thread]

    An instance lives as long as its job. What it does at a step may depend on the step alone, never on the steps
    before, so that a job can go on from a checkpoint. At the parameters that `neutral` names, such as
    `{"strength": 0.0}`, the image is that without the conditioner.
    """

    kind = "conditioner"
    capability = "sfumato.conditioner/1"

    def rewrite(self, prompts: Mapping[str, str]) -> Mapping[str, str]:
        """The job's prompts by name (`positive`, `negative`, a guider's own) with what is to be changed."""
        return prompts

    def prepare(self, job: Job) -> Generator[None, None, None]:
        """Load and encode what the steps need. Yields between pieces of work, at which the job may be dropped."""
        yield from ()

    def condition(self, call: NetworkCall, at: Moment) -> NetworkCall | Sequence[Part]:
        """The call with what is added to it (`dataclasses.replace`), or several calls whose predictions are mixed.

        What may be changed: `x`, `prompt`, `tile`, `channels`, `residuals`, `wraps`.
        """
        return call

    def restrain(self, denoised: torch.Tensor, sigma: float, at: Moment) -> torch.Tensor:
        """The guided prediction (1, C, h, w), blended with what the conditioner knows better."""
        return denoised

    def batch_key(self) -> Hashable:
        """Trajectories may share a network call with those whose conditioners have equal keys.

        Keys of what was added decide anyway (shapes); this is for what the family cannot see, such as a network of
        the conditioner's own. None shares with everybody.
        """
        return None
