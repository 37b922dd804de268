"""Denoising diffusion implicit models."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import sfumato.plugin as sf

if TYPE_CHECKING:
    import torch


class DDIMParams(sf.Params):
    """From an ODE solver to DDPM."""

    eta: float = sf.Field(0.0, ge=0, le=1, step=0.05, label="Eta", group="Noise",
        help="Share of fresh noise per step; 0 is DDIM and deterministic, 1 is DDPM.")  # fmt: skip


class DDIM(sf.Sampler):
    """Song et al. 2021 (arXiv 2010.02502), eq. 12 with the standard deviation of eq. 16.

    Divided by sqrt(alpha_next), which is our convention for x, eq. 16 becomes
    s = eta * sigma_next / sigma * sqrt(sigma^2 - sigma_next^2). The last step goes to 0: diffusers' `set_alpha_to_one`.
    """

    id, label, order = "sfumato.ddim", "DDIM", 1
    description = "First order, one evaluation per step. Equal to Euler without fresh noise."
    Params = DDIMParams

    def step(self, x: torch.Tensor, sigma: float, sigma_next: float, state: sf.State, noise: sf.Noise) -> sf.Steps:
        """x0 + sqrt(sigma_next^2 - s^2) * eps + s * z: the prediction, the direction to x', fresh noise."""
        denoised = yield sf.Evaluate(x, sigma)
        eps = (x - denoised) / sigma
        s = self.params.eta * sigma_next / sigma * math.sqrt(sigma**2 - sigma_next**2)
        x = denoised + eps * math.sqrt(sigma_next**2 - s**2)
        return x + noise() * s if s else x
