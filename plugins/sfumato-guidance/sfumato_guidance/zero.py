"""guidance.cfg-zero: CFG-Zero*."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import sfumato.plugin as sf
from sfumato_guidance.prompts import PromptGuider, ScaleParams

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import torch


class ZeroParams(ScaleParams):
    """Guidance, and how many steps begin with nothing."""

    zero_steps: int = sf.Field(1, ge=0, le=20, display=(0, 5), label="Zero steps",
        help="First steps in which the network is not asked at all; for models that predict flow or v.")  # fmt: skip


class CFGZero(PromptGuider):
    """Fan et al. 2025 (arXiv 2503.18886): an optimised scale s, and zero for a beginning.

    p = s p_neg + w (p_pos - s p_neg) with s = <p_pos, p_neg> / |p_neg|^2, of what the network predicts. That is
    affine in D, b (D - c x), with c = 1 / (1 + sigma) for flow, 1 / (1 + sigma^2) for v, 1 for eps and 0 for D
    itself; b cancels out. A p of 0 is D = c x, which for eps would leave the noise where it is: there no step
    begins so.
    """

    id, label = "guidance.cfg-zero", "CFG-Zero*"
    description = "Ordinary guidance whose negative part is fitted to the positive one; made for flow models."
    neutral = MappingProxyType({"scale": 1.0, "zero_steps": 0})
    Params = ZeroParams

    def branches(self, sigma: float, step: int, steps: int) -> Sequence[sf.Branch]:
        """None in the zero steps, else both prompts."""
        begins = step < self.params.zero_steps and self.model.prediction_type in ("flow", "v_prediction")
        return () if begins and steps > self.params.zero_steps else super().branches(sigma, step, steps)

    def combine(
        self, denoised: Mapping[str, torch.Tensor], x: torch.Tensor, sigma: float, state: sf.State
    ) -> torch.Tensor:
        """The guided prediction, or c x where nothing was asked."""
        origin = x * _share_of_x(self.model.prediction_type, sigma)
        if not denoised:
            return origin
        if "negative" not in denoised:
            return denoised["positive"]
        positive, negative = denoised["positive"] - origin, denoised["negative"] - origin
        fitted = negative * ((positive * negative).sum() / negative.square().sum().clamp(min=1e-12))
        return origin + fitted.lerp(positive, self.params.scale)


def _share_of_x(prediction_type: str, sigma: float) -> float:
    """The c of CFGZero."""
    match prediction_type:
        case "epsilon":
            return 1.0
        case "v_prediction":
            return 1 / (1 + sigma**2)
        case "flow":
            return 1 / (1 + sigma)
        case "sample":
            return 0.0
        case other:
            raise ValueError(f"prediction type {other!r}, expected epsilon, v_prediction, flow or sample")
