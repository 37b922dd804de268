"""guidance.dynamic-thresholding: strong guidance without burnt colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import sfumato.plugin as sf
from sfumato_guidance.prompts import PromptGuider, ScaleParams

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch


class ThresholdingParams(ScaleParams):
    """Guidance, and how its excess is taken back."""

    scale: float = sf.Field(15.0, ge=0, le=100, display=(1, 30), step=0.5, label="Guidance scale",
        help="How strongly the prompt is followed, away from the negative one; 1 is no guidance.")  # fmt: skip
    method: Literal["mimic", "imagen"] = sf.Field("mimic", label="Method",
        choices={"mimic": "As of a lower scale", "imagen": "Within a limit"},
        help="What the range of values is brought back to: that of a lower scale, or one that is given.")  # fmt: skip
    mimic_scale: float = sf.Field(7.0, ge=0, le=100, display=(1, 20), step=0.5, label="Mimic scale",
        depends_on="method", help="The scale whose range of values is kept, for the method of that name.")  # fmt: skip
    limit: float = sf.Field(3.0, ge=0.1, le=100, display=(1, 8), step=0.1, label="Limit", depends_on="method",
        help="The greatest distance from a channel's mean, for the method with a limit.")  # fmt: skip
    percentile: float = sf.Field(99.5, ge=50, le=100, display=(90, 100), step=0.5, unit="%", label="Percentile",
        help="The share of the values that counts as the range; those beyond are cut off.")  # fmt: skip


class DynamicThresholding(PromptGuider):
    """Saharia et al. 2022 (arXiv 2205.11487), section 2.3: values beyond a percentile are cut off, the rest scaled.

    Latents have no -1..1, so distances are taken from each channel's mean, and the range comes from a lower scale
    (the mimic scheme of the Dynamic Thresholding extension) or from a limit. A range that is small enough is left.
    """

    id, label = "guidance.dynamic-thresholding", "Dynamic thresholding"
    description = "Guidance as strong as you like, without burnt colours and blown-out contrast."
    Params = ThresholdingParams

    def combine(
        self, denoised: Mapping[str, torch.Tensor], x: torch.Tensor, sigma: float, state: sf.State
    ) -> torch.Tensor:
        """CFG with each channel's range brought back."""
        guided = self.guided(denoised, self.params.scale)
        if "negative" not in denoised:
            return guided
        mean = guided.mean((2, 3), keepdim=True)  # (1, C, 1, 1)
        reach = self._reach(guided - mean)
        limit = self._limit(denoised).expand_as(reach)
        held = (guided - mean).clamp(-reach, reach) * (limit / reach.clamp(min=1e-12)) + mean
        return held.where(reach > limit, guided)

    def _limit(self, denoised: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """How far a channel may reach from its mean, (1, C, 1, 1) or (1,)."""
        if self.params.method == "imagen":
            return denoised["positive"].new_tensor([self.params.limit])
        mimicked = self.guided(denoised, self.params.mimic_scale)
        return self._reach(mimicked - mimicked.mean((2, 3), keepdim=True))

    def _reach(self, away: torch.Tensor) -> torch.Tensor:
        """The percentile of the distances in each channel, (1, C, 1, 1)."""
        return away.abs().flatten(2).quantile(self.params.percentile / 100, dim=2)[:, :, None, None]
