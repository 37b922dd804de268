"""Frames: in what form a scheduler of diffusers holds a noisy sample, and what it expects of its network.

Ours is x = x0 + sigma n and the denoised prediction D. Theirs is sample = scale(sigma) x, and an output.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import torch

#: (x, denoised, sigma, sigma_data) to the network's output.
Output = Callable[[torch.Tensor, torch.Tensor, float, float], torch.Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One such form."""

    name: str
    scale: Callable[[float], float]
    output: Output


def _noise(x: torch.Tensor, denoised: torch.Tensor, sigma: float, _: float) -> torch.Tensor:
    return (x - denoised) / sigma


def _flow(x: torch.Tensor, denoised: torch.Tensor, sigma: float, _: float) -> torch.Tensor:
    return (x - denoised) / sigma - denoised


def _flow_back(x: torch.Tensor, denoised: torch.Tensor, sigma: float, _: float) -> torch.Tensor:
    return denoised - (x - denoised) / sigma


def _velocity(x: torch.Tensor, denoised: torch.Tensor, sigma: float, _: float) -> torch.Tensor:
    return _preserving(sigma) * (x - denoised) / sigma - (sigma * _preserving(sigma)) * denoised


def _preconditioned(x: torch.Tensor, denoised: torch.Tensor, sigma: float, data: float) -> torch.Tensor:
    """F of Karras et al. 2022, eq. 7."""
    total = sigma**2 + data**2
    wanted: torch.Tensor = (denoised - x * (data**2 / total)) * (total**0.5 / (sigma * data))
    return wanted


def _preserving(sigma: float) -> float:
    return 1 / math.sqrt(1 + sigma * sigma)


#: The sample's variance stays that of the data: DDPM and its kin, which expect the noise, or v.
PRESERVING: Final = Frame(name="variance preserving", scale=_preserving, output=_noise)
VELOCITY: Final = Frame(name="velocity", scale=_preserving, output=_velocity)
#: The sample is x itself: Euler and its kin.
EXPLODING: Final = Frame(name="variance exploding", scale=lambda sigma: 1.0, output=_noise)
PRECONDITIONED: Final = Frame(name="preconditioned", scale=lambda sigma: 1.0, output=_preconditioned)
#: (1 - t) x0 + t n with t = sigma / (1 + sigma), and n - x0, or x0 - n.
FLOW: Final = Frame(name="flow", scale=lambda sigma: 1 / (1 + sigma), output=_flow)
FLOW_BACK: Final = Frame(name="flow towards the picture", scale=lambda sigma: 1 / (1 + sigma), output=_flow_back)
