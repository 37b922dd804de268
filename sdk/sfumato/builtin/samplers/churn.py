"""Churn: the noise that Karras et al. 2022, Algorithm 2 adds before a deterministic step."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import sfumato.plugin as sf

if TYPE_CHECKING:
    import torch


class ChurnParams(sf.Params):
    """The four S parameters of Algorithm 2; no churn at their defaults."""

    s_churn: float = sf.Field(0.0, ge=0, le=1000, display=(0, 100), label="Churn", group="Churn",
        help="How much noise is added and removed again over all steps; 0 is deterministic.")  # fmt: skip
    s_tmin: float = sf.Field(0.0, ge=0, le=1e6, display=(0, 10), label="Churn from sigma", group="Churn",
        depends_on="s_churn", help="No churn below this noise level.")  # fmt: skip
    s_tmax: float = sf.Field(1e6, ge=0, le=1e6, display=(0, 100), label="Churn up to sigma", group="Churn",
        depends_on="s_churn", help="No churn above this noise level.")  # fmt: skip
    s_noise: float = sf.Field(1.0, ge=0, le=10, display=(0.9, 1.1), label="Noise scale", group="Churn",
        depends_on="s_churn", help="Standard deviation of the added noise.")  # fmt: skip


class ChurnedSampler(sf.Sampler):
    """Base of the samplers that can churn. `self.steps` is N of the paper."""

    Params = ChurnParams

    def churn(self, x: torch.Tensor, sigma: float, noise: sf.Noise) -> tuple[torch.Tensor, float]:
        """Raise x (1, C, h, w) from `sigma` to sigma_hat with fresh noise: lines 4 to 6. Returns both."""
        s: ChurnParams = self.params
        if s.s_churn == 0 or not s.s_tmin <= sigma <= s.s_tmax:
            return x, sigma
        gamma = min(s.s_churn / self.steps, math.sqrt(2) - 1)
        sigma_hat = sigma * (1 + gamma)
        return x + noise() * (s.s_noise * math.sqrt(sigma_hat**2 - sigma**2)), sigma_hat
