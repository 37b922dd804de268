"""Classifier-free guidance: plain, rescaled, and within an interval of noise levels."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import sfumato.plugin as sf

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import torch

POSITIVE = sf.Branch(name="positive", prompt="positive")
NEGATIVE = sf.Branch(name="negative", prompt="negative")


class ScaleParams(sf.Params):
    """The strength that every guider has."""

    scale: float = sf.Field(7.5, ge=0, le=100, display=(1, 20), step=0.5, label="Guidance scale",
        help="How strongly the prompt is followed, away from the negative one; 1 is no guidance.")  # fmt: skip


class CFG(sf.Guider):
    """Ho and Salimans 2022 (arXiv 2207.12598), eq. 6, with Imagen's scale w: D_neg + w (D_pos - D_neg).

    x and sigma are the same for both branches, so guiding denoised predictions, eps or v is one and the same.
    """

    id, label = "sfumato.cfg", "Classifier-free guidance"
    description = "Follows the prompt and avoids the negative one."
    neutral = MappingProxyType({"scale": 1.0})
    Params = ScaleParams

    def branches(self, sigma: float, step: int, steps: int) -> Sequence[sf.Branch]:
        """Both branches; the positive one alone where the scale is 1."""
        return (POSITIVE,) if self.params.scale == 1 else (POSITIVE, NEGATIVE)

    def combine(
        self, denoised: Mapping[str, torch.Tensor], x: torch.Tensor, sigma: float, state: sf.State
    ) -> torch.Tensor:
        """D_neg + scale * (D_pos - D_neg), or the positive prediction where it is alone."""
        positive, negative = denoised["positive"], denoised.get("negative")
        return positive if negative is None else negative.lerp(positive, self.params.scale)


class RescaleParams(ScaleParams):
    """Guidance, and how much of its excess contrast is taken back."""

    phi: float = sf.Field(0.7, ge=0, le=1, step=0.05, label="Rescale",
        help="How much of the excess contrast of strong guidance is taken back; 0 is plain guidance.")  # fmt: skip


class CFGRescale(CFG):
    """Lin et al. 2023 (arXiv 2305.08891), section 3.4: CFG whose prediction keeps the spread of the positive one.

    As in the paper and diffusers' `rescale_noise_cfg`, the standard deviations are those of what the network
    predicts. That is affine in D, b (D - c x), with c = 1 for eps, 1 / (1 + sigma^2) for v and 1 / (1 + sigma) for
    flow, so scaling it by k gives D' = c x + k (D - c x); b cancels out.
    """

    id, label = "sfumato.cfg-rescale", "Guidance with rescale"
    description = "Strong guidance without washed-out or burnt pictures; made for v-prediction models."
    Params = RescaleParams

    def combine(
        self, denoised: Mapping[str, torch.Tensor], x: torch.Tensor, sigma: float, state: sf.State
    ) -> torch.Tensor:
        """CFG, moved towards c x by k = phi * std(positive) / std(guided) + 1 - phi."""
        guided = super().combine(denoised, x, sigma, state)
        if "negative" not in denoised:
            return guided
        origin = x * _share_of_x(self.model.prediction_type, sigma)
        spread = (denoised["positive"] - origin).std() / (guided - origin).std()
        return origin.lerp(guided, spread * self.params.phi + (1 - self.params.phi))


def _share_of_x(prediction_type: str, sigma: float) -> float:
    """The c of CFGRescale."""
    match prediction_type:
        case "epsilon":
            return 1.0
        case "v_prediction":
            return 1 / (1 + sigma**2)
        case "flow":
            return 1 / (1 + sigma)
        case other:
            raise ValueError(f"prediction type {other!r}, expected epsilon, v_prediction or flow")


class IntervalParams(ScaleParams):
    """Guidance, and where it acts."""

    sigma_low: float = sf.Field(0.28, ge=0, le=1000, display=(0, 2), step=0.01, label="Down to sigma",
        help="No guidance at this noise level and below, where it changes nothing much.")  # fmt: skip
    sigma_high: float = sf.Field(5.42, ge=0, le=1000, display=(1, 15), step=0.01, label="From sigma",
        help="No guidance above this noise level, where it makes pictures alike.")  # fmt: skip


class CFGInterval(CFG):
    """Kynkaanniemi et al. 2024 (arXiv 2404.07724): CFG for sigma in (sigma_low, sigma_high], else D_pos.

    The defaults are those that the paper gives for Stable Diffusion XL.
    """

    id, label = "sfumato.cfg-interval", "Guidance in an interval"
    description = "Guidance at middling noise levels only: more variety, and half the work at the others."
    Params = IntervalParams

    def branches(self, sigma: float, step: int, steps: int) -> Sequence[sf.Branch]:
        """Both branches within the interval; the positive one alone outside."""
        within = self.params.sigma_low < sigma <= self.params.sigma_high
        return super().branches(sigma, step, steps) if within else (POSITIVE,)
