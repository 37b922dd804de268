"""Samplers: how a trajectory goes from one noise level to the next.

A step is a short generator, so that the engine can interleave many: it yields every network evaluation that
it needs and gets the denoised prediction back. What must survive from one step to the next goes into `state`,
so that a trajectory can be saved between any two steps and go on elsewhere.

    class Euler(sf.Sampler):
        id, label, order = "acme.euler", "Euler", 1

        def step(self, x, sigma, sigma_next, state, noise):
            denoised = yield sf.Evaluate(x, sigma)
            return x + (x - denoised) / sigma * (sigma_next - sigma)
"""

from __future__ import annotations

from collections.abc import Generator, MutableMapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from sfumato.plugin._contribution import Contribution

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Evaluate:
    """Ask for the denoised prediction of `x` (1, C, h, w) at noise level `sigma`."""

    x: torch.Tensor
    sigma: float


class Noise(Protocol):
    """The only source of noise: unit Gaussian, seeded by image and step, new at every call."""

    def __call__(self) -> torch.Tensor:
        """A tensor (1, C, h, w) like x."""
        ...


#: What a sampler keeps between steps: tensors, numbers and strings by name. Empty before the first step.
State = MutableMapping[str, Any]
Steps = Generator[Evaluate, "torch.Tensor", "torch.Tensor"]


class Sampler(Contribution):
    """Base of all samplers. x is in the k-diffusion convention: x = x0 + sigma * noise, for every family.

    In flow families (`ModelSigmas.flow`) the engine hands the equivalent sigma = t / (1 - t) and rescales x.
    `neutral` are the parameters at which a stochastic sampler draws no noise, such as `{"eta": 0.0}`: there it solves
    the probability-flow ODE, and the conformance check measures its order. [engine thread]
    """

    kind = "sampler"
    capability = "sfumato.sampler/1"

    #: The global order of accuracy that the conformance check measures.
    order: ClassVar[int]
    #: Whether the sampler draws noise at its default parameters.
    stochastic: ClassVar[bool] = False
    #: Whether it takes the prediction for the end of the ODE, as models distilled to consistency give it.
    distilled: ClassVar[bool] = False
    #: Network evaluations per step at the default parameters (the last step may need fewer).
    evaluations_per_step: ClassVar[int] = 1
    #: Steps of the whole schedule; the engine sets it before the first one.
    steps: int
    #: The noise levels that are run, then 0; the engine sets them too. For samplers that look ahead.
    sigmas: Sequence[float]

    def step(self, x: torch.Tensor, sigma: float, sigma_next: float, state: State, noise: Noise) -> Steps:
        """Advance x (1, C, h, w) from `sigma` to `sigma_next` (0 at the end) and return it. Never change x in place."""
        raise NotImplementedError
        yield
