"""A guider: which predictions a step asks for, and how they become one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import sfumato.plugin as sf

if TYPE_CHECKING:
    import torch


class FadingParams(sf.Params):
    """What an artist can set."""

    scale: float = sf.Field(7.5, ge=0, le=100, display=(1, 20), step=0.5, label="Guidance scale",
        help="How strongly the prompt is followed in the first step; 1 is no guidance.")  # fmt: skip
    last: float = sf.Field(0.5, ge=0, le=1, step=0.05, label="At the end",
        help="The share of that strength that is left in the last step.")  # fmt: skip


class Fading(sf.Guider):
    """Classifier-free guidance (Ho and Salimans 2022, eq. 6) whose strength fades with the noise."""

    id, label = "template-plugin.fading", "Fading guidance"
    description = "Follows the prompt strongly while the composition is decided, and gently after."
    neutral: ClassVar[Mapping[str, float]] = {"scale": 1.0}
    Params = FadingParams

    def branches(self, sigma: float, step: int, steps: int) -> Sequence[sf.Branch]:
        """Both prompts; the positive one alone where there is no guidance."""
        positive, negative = sf.Branch(name="positive"), sf.Branch(name="negative", prompt="negative")
        return [positive] if self.params.scale == 1 else [positive, negative]

    def combine(
        self, denoised: Mapping[str, torch.Tensor], x: torch.Tensor, sigma: float, state: sf.State
    ) -> torch.Tensor:
        """D_neg + w (D_pos - D_neg), with w on its way from `scale` to 1 + (scale - 1) * last."""
        if "negative" not in denoised:
            return denoised["positive"]
        noisy = sigma / (sigma + 1)
        strength = (self.params.scale - 1) * (noisy + (1 - noisy) * self.params.last)
        return denoised["negative"].lerp(denoised["positive"], 1 + strength)


@sf.hookimpl
def sfumato_register_guiders(register: sf.Register) -> None:
    """Called once, when Sfumato looks for plugins."""
    register(Fading)
