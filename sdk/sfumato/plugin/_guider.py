"""Guiders: which conditionings a step evaluates, and how their predictions become one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from sfumato.plugin._contribution import Contribution

if TYPE_CHECKING:
    import torch

    from sfumato.plugin._family import ModelSigmas, Wrap
    from sfumato.plugin._sampler import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One evaluation that a guider wants: `name` is its own key.

    `prompt` is `positive`, `negative`, or a name that `Guider.prompts` gave. `wraps` perturb the network by
    layer (`NetworkCall.wraps`); such a branch costs a network call of its own.
    """

    name: str
    prompt: str = "positive"
    wraps: Mapping[str, Wrap] = field(default_factory=lambda: MappingProxyType({}))


class Guider(Contribution):
    """Base of all guiders. [engine thread]

    At the parameters that `neutral` names, such as `{"scale": 1.0}`, the guided prediction is that of the positive
    prompt.
    """

    kind = "guider"
    capability = "sfumato.guider/1"

    #: The model's noise levels and prediction type; the engine sets it before the first step.
    model: ModelSigmas
    #: The layers of the model's network that branches may wrap, each with its kind; the engine sets it too.
    layers: Mapping[str, str] = MappingProxyType({})

    def prompts(self) -> Mapping[str, str]:
        """Further prompts that branches may name; the texts are encoded once."""
        return {}

    def branches(self, sigma: float, step: int, steps: int) -> Sequence[Branch]:
        """The evaluations wanted at this noise level; one branch costs one network call, or a share of one."""
        raise NotImplementedError

    def combine(
        self, denoised: Mapping[str, torch.Tensor], x: torch.Tensor, sigma: float, state: State
    ) -> torch.Tensor:
        """The guided prediction (1, C, h, w) from the branches' denoised predictions by name."""
        raise NotImplementedError
