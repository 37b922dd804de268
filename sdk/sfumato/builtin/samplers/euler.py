"""Euler's method: deterministic with optional churn, and ancestral."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sfumato.plugin as sf
from sfumato.builtin.samplers import ancestral
from sfumato.builtin.samplers.churn import ChurnedSampler

if TYPE_CHECKING:
    import torch


class Euler(ChurnedSampler):
    """Euler steps: Karras et al. 2022 (arXiv 2206.00364), Algorithm 2 without its second-order correction."""

    id, label, order = "sfumato.euler", "Euler", 1
    description = "First order, one evaluation per step. Robust and predictable."

    def step(self, x: torch.Tensor, sigma: float, sigma_next: float, state: sf.State, noise: sf.Noise) -> sf.Steps:
        """Lines 4 to 8."""
        x, sigma_hat = self.churn(x, sigma, noise)
        denoised = yield sf.Evaluate(x, sigma_hat)
        d = (x - denoised) / sigma_hat
        return x + d * (sigma_next - sigma_hat)


class EulerAncestral(sf.Sampler):
    """Euler steps to sigma_down, then noise up to sigma_next: Song et al. 2021 (arXiv 2011.13456), appendix F.

    The form is k-diffusion's; at eta = 0 it is Euler, at eta = 1 ancestral sampling of the variance-exploding SDE.
    """

    id, label, order = "sfumato.euler-ancestral", "Euler ancestral", 1
    description = "Euler with fresh noise in every step. Lively; never settles on one picture as steps grow."
    stochastic, neutral = True, ancestral.NEUTRAL
    Params = ancestral.EtaParams

    def step(self, x: torch.Tensor, sigma: float, sigma_next: float, state: sf.State, noise: sf.Noise) -> sf.Steps:
        """One Euler step with the ancestral split."""
        denoised = yield sf.Evaluate(x, sigma)
        sigma_down, sigma_up = ancestral.split(sigma, sigma_next, self.params.eta)
        d = (x - denoised) / sigma
        x = x + d * (sigma_down - sigma)
        return x + noise() * (self.params.s_noise * sigma_up) if sigma_up else x
