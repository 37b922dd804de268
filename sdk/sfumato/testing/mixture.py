"""A Gaussian mixture whose denoiser, probability-flow ODE and distribution are known in closed form."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """Data whose elements are drawn from the same mixture of normals, each on its own. All float64 where x is."""

    weights: tuple[float, ...] = (0.3, 0.5, 0.2)
    means: tuple[float, ...] = (-1.0, 0.5, 1.2)
    stds: tuple[float, ...] = (0.3, 0.2, 0.4)

    def denoise(self, x: torch.Tensor, sigma: float) -> torch.Tensor:
        """E[x0 | x0 + sigma z = x], the perfect denoiser."""
        weights, means, variances = self._components(x)
        noisy = variances + sigma**2
        away = x[..., None] - means
        posterior = torch.softmax(weights.log() - (noisy.log() + away**2 / noisy) / 2, dim=-1)
        denoised: torch.Tensor = (posterior * (means + variances / noisy * away)).sum(-1)
        return denoised

    def transport(self, x: torch.Tensor, sigma: float, sigma_to: float) -> torch.Tensor:
        """The exact solution of the probability-flow ODE: in one dimension it keeps every point's quantile."""
        return self.quantile(self.probability(x, sigma), sigma_to)

    def probability(self, x: torch.Tensor, sigma: float) -> torch.Tensor:
        """P(x0 + sigma z <= x)."""
        weights, means, variances = self._components(x)
        z = (x[..., None] - means) / (variances + sigma**2).sqrt()
        below: torch.Tensor = (weights * torch.special.ndtr(z)).sum(-1)
        return below

    def quantile(self, probability: torch.Tensor, sigma: float) -> torch.Tensor:
        """The inverse of `probability`, by bisection to the last bit."""
        reach = 10 * math.hypot(max(self.stds), sigma) + max(map(abs, self.means))
        low, high = torch.full_like(probability, -reach), torch.full_like(probability, reach)
        for _ in range(70):
            middle = (low + high) / 2
            below = self.probability(middle, sigma) < probability
            low, high = torch.where(below, middle, low), torch.where(below, high, middle)
        return (low + high) / 2

    def grid(self, count: int, sigma: float) -> torch.Tensor:
        """(1, 1, 1, count) points at even quantiles of the noisy data, tails left out."""
        return self.quantile(torch.linspace(0.01, 0.99, count, dtype=torch.float64), sigma)[None, None, None]

    def sample(self, count: int, sigma: float, generator: torch.Generator) -> torch.Tensor:
        """(1, 1, 1, count) draws of the noisy data."""
        uniform = torch.rand(count, generator=generator, dtype=torch.float64)
        return self.quantile(uniform.clamp(1e-12, 1 - 1e-12), sigma)[None, None, None]

    def distance(self, x: torch.Tensor) -> float:
        """The 1-Wasserstein distance of the elements of x from the data."""
        middles = (torch.arange(x.numel(), dtype=torch.float64) + 0.5) / x.numel()
        return float((x.flatten().double().sort().values - self.quantile(middles, 0.0)).abs().mean())

    def _components(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        rows = torch.tensor((self.weights, self.means, self.stds), dtype=x.dtype)
        return rows[0], rows[1], rows[2] ** 2
