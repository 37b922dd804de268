"""Guidance away from a worse prediction of the same prompt, made by a network with something taken out."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Literal

import sfumato.plugin as sf
from sfumato_guidance.prompts import PromptGuider, ScaleParams

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import torch


class PerturbedParams(ScaleParams):
    """How far away, where in the network, and in which steps."""

    strength: float = sf.Field(3.0, ge=0, le=100, display=(0, 10), step=0.25, label="Strength", group="Perturbation",
        help="How far from the perturbed prediction; 0 is ordinary guidance, and one network call less.")  # fmt: skip
    layers: Literal["mid", "down", "up", "all"] = sf.Field("mid", label="Layers", group="Perturbation",
        depends_on="strength",
        choices={"mid": "In the middle", "down": "On the way down", "up": "On the way up", "all": "All"},
        help="Which part of the network is perturbed.")  # fmt: skip
    start: float = sf.Field(0.0, ge=0, le=1, step=0.05, label="Start", group="Steps", depends_on="strength",
        help="The share of the steps after which there is a perturbed prediction.")  # fmt: skip
    end: float = sf.Field(1.0, ge=0, le=1, step=0.05, label="End", group="Steps", depends_on="strength",
        help="The share of the steps up to which there is one.")  # fmt: skip


class PerturbedGuider(PromptGuider):
    """Base of guiders with a third branch: the positive prompt, seen by a network whose layers are wrapped."""

    neutral = MappingProxyType({"scale": 1.0, "strength": 0.0})
    Params: ClassVar[type[sf.Params]] = PerturbedParams

    #: The kind of layers that are wrapped, as `Guider.layers` has it, what is put around them, and what to take
    #: where there are none.
    layer_kind: ClassVar[str]
    wrap: ClassVar[sf.Wrap]
    instead: ClassVar[str]

    def branches(self, sigma: float, step: int, steps: int) -> Sequence[sf.Branch]:
        """The prompts and, within its steps, the perturbed branch. Raises ValueError without layers of its kind."""
        prompts = super().branches(sigma, step, steps)
        within = self.params.start <= step / steps < self.params.end
        if not self.params.strength or not within:
            return prompts
        return (*prompts, self._perturbed)

    def combine(
        self, denoised: Mapping[str, torch.Tensor], x: torch.Tensor, sigma: float, state: sf.State
    ) -> torch.Tensor:
        """CFG + strength (D_pos - D_perturbed)."""
        guided = self.guided(denoised, self.params.scale)
        if "perturbed" not in denoised:
            return guided
        return guided.add(denoised["positive"] - denoised["perturbed"], alpha=self.params.strength)

    @cached_property
    def _perturbed(self) -> sf.Branch:
        """One branch for the whole job: calls share a batch where their wraps are the same objects."""
        chosen = [name for name in self._of_my_kind() if self.params.layers == "all" or self.params.layers in name]
        if not chosen:
            raise ValueError(
                f"layers: got {self.params.layers!r}, expected a part with {self.layer_kind} layers, {self._parts()}"
            )
        wraps = MappingProxyType(dict.fromkeys(chosen, type(self).wrap))
        return sf.Branch(name="perturbed", prompt="positive", wraps=wraps)

    def _of_my_kind(self) -> list[str]:
        found = [name for name, kind in self.layers.items() if kind == self.layer_kind]
        if not found:
            others = ", ".join(sorted(set(self.layers.values()))) or "nothing that can be wrapped"
            said = f"{self.label} ({self.id}) perturbs {self.layer_kind} layers, and this model's network has none"
            raise ValueError(f"{said} (architecture {self.model.architecture or 'unknown'}: {others}); {self.instead}")
        return found

    def _parts(self) -> str:
        parts = [part for part in ("mid", "down", "up") if any(part in name for name in self._of_my_kind())]
        return f"such as {' or '.join(parts)}" if parts else "which is all"
