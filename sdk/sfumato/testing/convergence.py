"""How fast a sampler converges on the mixture: the order of its ODE solution, the distance of its distribution."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import torch

import sfumato.plugin as sf
from sfumato.testing.driving import Denoise, draws, run
from sfumato.testing.mixture import Mixture

#: The noise levels for a count of steps, then 0.
Levels = Callable[[int], Sequence[float]]

MIXTURE: Final = Mixture()
RANGE: Final = sf.ModelSigmas(sigmas=(0.05, 20.0), prediction_type="epsilon")
STEPS: Final = (32, 64, 128, 256)
#: A measured order may stay this far below the claimed one.
TOLERANCE: Final = 0.25


def karras(steps: int) -> list[float]:
    """Karras et al. 2022 (arXiv 2206.00364), eq. 5 with rho = 7 over RANGE, then 0."""
    high, low = RANGE.sigma_max ** (1 / 7), RANGE.sigma_min ** (1 / 7)
    shares = [i / max(steps - 1, 1) for i in range(steps)]
    return [*((high + share * (low - high)) ** 7 for share in shares), 0.0]


def errors(sampler: sf.Sampler, levels: Levels = karras) -> list[float]:
    """Mean distance from the exact solution at sigma_min for each count of STEPS, in float64."""
    x = MIXTURE.grid(64, RANGE.sigma_max)
    exact = MIXTURE.transport(x, RANGE.sigma_max, RANGE.sigma_min)
    ways = [levels(steps + 1)[:-1] for steps in STEPS]
    return [(run(sampler, MIXTURE.denoise, x, sigmas) - exact).abs().mean().item() for sigmas in ways]


def slope(found: Sequence[float]) -> float:
    """The order: minus the slope of log(error) over log(steps)."""
    return float(-np.polyfit(np.log(STEPS), np.log(found), 1)[0])


def distance(sampler: sf.Sampler, steps: int, *, denoise: Denoise = MIXTURE.denoise, count: int = 4096) -> float:
    """How far from the data's distribution `count` samples are (1-Wasserstein), in float64."""
    x = MIXTURE.sample(count, RANGE.sigma_max, torch.Generator().manual_seed(1))
    noise = draws(2, x.shape, torch.float64)
    return MIXTURE.distance(run(sampler, denoise, x, karras(steps), noise))


def floor(count: int = 4096) -> float:
    """How far from their own distribution as many exact draws are."""
    return MIXTURE.distance(MIXTURE.sample(count, 0.0, torch.Generator().manual_seed(3)))
