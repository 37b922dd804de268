"""How fast a sampler converges on the mixture: the order of its ODE solution, the distance of its distribution."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

import sfumato.plugin as sf
from sfumato.builtin.schedules import Karras
from tests.builtin.driving import Denoise, draws, run
from tests.builtin.mixture import Mixture

MIXTURE = Mixture()
RANGE = sf.ModelSigmas(sigmas=(0.05, 20.0), prediction_type="epsilon")
STEPS = (32, 64, 128, 256)


def errors(sampler: sf.Sampler, schedule: sf.Schedule) -> list[float]:
    """Mean distance from the exact solution at sigma_min for each count of STEPS, in float64."""
    x = MIXTURE.grid(64, RANGE.sigma_max)
    exact = MIXTURE.transport(x, RANGE.sigma_max, RANGE.sigma_min)
    levels = [schedule.sigmas(steps + 1, RANGE)[:-1] for steps in STEPS]
    return [(run(sampler, MIXTURE.denoise, x, sigmas) - exact).abs().mean().item() for sigmas in levels]


def slope(found: Sequence[float]) -> float:
    """The order: minus the slope of log(error) over log(steps)."""
    return float(-np.polyfit(np.log(STEPS), np.log(found), 1)[0])


def distance(sampler: sf.Sampler, steps: int, *, denoise: Denoise = MIXTURE.denoise, count: int = 4096) -> float:
    """How far from the data's distribution `count` samples are (1-Wasserstein), in float64."""
    x = MIXTURE.sample(count, RANGE.sigma_max, torch.Generator().manual_seed(1))
    noise = draws(2, x.shape, torch.float64)
    return MIXTURE.distance(run(sampler, denoise, x, Karras().sigmas(steps, RANGE), noise))


def floor(count: int = 4096) -> float:
    """How far from their own distribution as many exact draws are."""
    return MIXTURE.distance(MIXTURE.sample(count, 0.0, torch.Generator().manual_seed(3)))
