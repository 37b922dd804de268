"""Latent consistency sampling, for models that were distilled to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sfumato.plugin as sf

if TYPE_CHECKING:
    import torch


class LCM(sf.Sampler):
    """Multistep latent consistency sampling: Luo et al. 2023 (arXiv 2310.04378), Algorithm 3.

    The prediction is taken as the consistency function itself: c_skip and c_out differ from 0 and 1 by less than
    7e-6 at the timesteps that such models are trained on (19 and above).
    """

    id, label, order = "sfumato.lcm", "LCM", 1
    description = "One to eight steps, with models or adapters distilled for it only."
    stochastic = distilled = True

    def step(self, x: torch.Tensor, sigma: float, sigma_next: float, state: sf.State, noise: sf.Noise) -> sf.Steps:
        """The next x is f(x, sigma) + sigma_next * z."""
        denoised = yield sf.Evaluate(x, sigma)
        return denoised + noise() * sigma_next if sigma_next else denoised
