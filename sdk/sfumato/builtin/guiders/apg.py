"""Adaptive projected guidance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sfumato.plugin as sf
from sfumato.builtin.guiders.cfg import CFG, ScaleParams

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch


class APGParams(ScaleParams):
    """Guidance, and what is taken out of it. The defaults are the paper's for Stable Diffusion 2.1."""

    eta: float = sf.Field(0.0, ge=0, le=1, step=0.05, label="Parallel part",
        help="How much of the part that only saturates is kept; 1 is plain guidance.")  # fmt: skip
    norm_threshold: float = sf.Field(7.5, ge=0, le=1000, display=(0, 50), step=0.5, label="Norm limit",
        help="Longest guidance vector per step; 0 is no limit.")  # fmt: skip
    momentum: float = sf.Field(-0.75, ge=-0.95, le=0.95, step=0.05, label="Momentum",
        help="Below 0 each step is pushed away from where the last ones went; 0 is off.")  # fmt: skip


class APG(CFG):
    """Sadat et al. 2024 (arXiv 2410.02416), Algorithm 1, on denoised predictions.

    At eta = 1, no limit and no momentum it is CFG; at scale 1 the positive prediction.
    """

    id, label = "sfumato.apg", "Adaptive projected guidance"
    description = "Strong guidance without oversaturation."
    Params = APGParams

    def combine(
        self, denoised: Mapping[str, torch.Tensor], x: torch.Tensor, sigma: float, state: sf.State
    ) -> torch.Tensor:
        """D_pos + (scale - 1) * (orthogonal + eta * parallel part of the guidance vector with respect to D_pos)."""
        positive, negative = denoised["positive"], denoised.get("negative")
        if negative is None:
            return positive
        update: torch.Tensor = positive - negative
        if self.params.momentum:
            update = state["average"] = update + state.get("average", 0) * self.params.momentum
        if self.params.norm_threshold:
            update = update * (self.params.norm_threshold / update.norm()).clamp(max=1)
        parallel = positive * ((update * positive).sum() / positive.square().sum())
        orthogonal = update - parallel
        return positive.add(orthogonal + parallel * self.params.eta, alpha=self.params.scale - 1)
