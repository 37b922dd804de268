"""The two prompts, and guidance from one to the other, which every guider here builds on."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

import sfumato.plugin as sf

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import torch

POSITIVE = sf.Branch(name="positive", prompt="positive")
NEGATIVE = sf.Branch(name="negative", prompt="negative")


class ScaleParams(sf.Params):
    """The strength of ordinary guidance."""

    scale: float = sf.Field(7.5, ge=0, le=100, display=(1, 20), step=0.5, label="Guidance scale",
        help="How strongly the prompt is followed, away from the negative one; 1 is no guidance.")  # fmt: skip


class PromptGuider(sf.Guider):
    """Classifier-free guidance: Ho and Salimans 2022 (arXiv 2207.12598), eq. 6, on denoised predictions."""

    neutral = MappingProxyType({"scale": 1.0})
    Params: ClassVar[type[sf.Params]] = ScaleParams

    def branches(self, sigma: float, step: int, steps: int) -> Sequence[sf.Branch]:
        """Both prompts; the positive one alone where the scale is 1."""
        return (POSITIVE,) if self.params.scale == 1 else (POSITIVE, NEGATIVE)

    def guided(self, denoised: Mapping[str, torch.Tensor], scale: float) -> torch.Tensor:
        """D_neg + scale (D_pos - D_neg), or the positive prediction where it is alone."""
        positive, negative = denoised["positive"], denoised.get("negative")
        return positive if negative is None else negative.lerp(positive, scale)
