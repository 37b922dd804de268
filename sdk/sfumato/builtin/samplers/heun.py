"""Second-order methods of two evaluations in sigma: Heun's trapezium, and DPM2's midpoint."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import sfumato.plugin as sf
from sfumato.builtin.samplers.churn import ChurnedSampler

if TYPE_CHECKING:
    import torch


class Heun(ChurnedSampler):
    """Heun steps: Karras et al. 2022 (arXiv 2206.00364), Algorithm 2; Algorithm 1 without churn."""

    id, label, order = "sfumato.heun", "Heun", 2
    description = "Second order, two evaluations per step. Accurate where time allows."
    evaluations_per_step = 2

    def step(self, x: torch.Tensor, sigma: float, sigma_next: float, state: sf.State, noise: sf.Noise) -> sf.Steps:
        """Lines 4 to 11."""
        x, sigma_hat = self.churn(x, sigma, noise)
        denoised = yield sf.Evaluate(x, sigma_hat)
        d = (x - denoised) / sigma_hat
        x_next = x + d * (sigma_next - sigma_hat)
        if sigma_next == 0:
            return x_next
        denoised = yield sf.Evaluate(x_next, sigma_next)
        d_next = (x_next - denoised) / sigma_next
        return x + (d + d_next) * ((sigma_next - sigma_hat) / 2)


class DPM2(ChurnedSampler):
    """Karras et al. 2022 (arXiv 2206.00364), Algorithm 2 with a midpoint step: k-diffusion's `sample_dpm_2`.

    The midpoint is the geometric mean of both levels, that of DPM-Solver-2: Lu et al. 2022 (arXiv 2206.00927),
    Algorithm 1 with r = 1/2.
    """

    id, label, order = "sfumato.dpm2", "DPM2", 2
    description = "Second order, two evaluations per step, the second one at the middle of the step."
    evaluations_per_step = 2

    def step(self, x: torch.Tensor, sigma: float, sigma_next: float, state: sf.State, noise: sf.Noise) -> sf.Steps:
        """A midpoint step; Euler to 0."""
        x, sigma_hat = self.churn(x, sigma, noise)
        denoised = yield sf.Evaluate(x, sigma_hat)
        d = (x - denoised) / sigma_hat
        if sigma_next == 0:
            return x - d * sigma_hat
        sigma_mid = math.sqrt(sigma_hat * sigma_next)
        x_mid = x + d * (sigma_mid - sigma_hat)
        denoised = yield sf.Evaluate(x_mid, sigma_mid)
        d_mid = (x_mid - denoised) / sigma_mid
        return x + d_mid * (sigma_next - sigma_hat)
