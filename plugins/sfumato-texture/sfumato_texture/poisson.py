"""The surface that has given slopes: a screened Poisson equation, solved exactly by a Fourier transform.

Frankot and Chellappa 1988, A Method for Enforcing Integrability in Shape from Shading, section 3; the screening term
is that of Bhat et al. 2008, Fourier Analysis of the 2D Screened Poisson Equation for Gradient Domain Problems, eq. 5.
"""

from __future__ import annotations

import math
from typing import Literal

import torch

Scheme = Literal["central", "forward"]
"""How slopes are taken of a surface: (h[i + 1] - h[i - 1]) / 2, or h[i + 1] - h[i]."""


def solve(
    slopes: torch.Tensor, guide: torch.Tensor, *, weight: float, tile: str, scheme: Scheme = "central"
) -> torch.Tensor:
    """The surface h (B, 1, H, W) of least |slopes(h) - slopes|^2 + weight * |h - guide|^2.

    `slopes` (B, 2, H, W) are d/dx and d/dy, `guide` (B, 1, H, W) what h looks like from afar. Axes named in `tile`
    wrap around, the others end flat.
    """
    height_px, width_px = guide.shape[-2:]
    for component, axis in enumerate((-1, -2)):
        if "xy"[component] not in tile:
            slopes, guide = _mirrored(slopes, component, axis, scheme), torch.cat([guide, guide.flip(axis)], axis)
    across, down = _response(guide.shape[-1], scheme)[: guide.shape[-1] // 2 + 1], _response(guide.shape[-2], scheme)
    across, down = across[None, :].to(guide.device), down[:, None].to(guide.device)
    wanted = across.conj() * torch.fft.rfft2(slopes[:, :1]) + down.conj() * torch.fft.rfft2(slopes[:, 1:])
    spectrum = (wanted + weight * torch.fft.rfft2(guide)) / (across.abs().square() + down.abs().square() + weight)
    surface: torch.Tensor = torch.fft.irfft2(spectrum, s=guide.shape[-2:])
    return surface[..., :height_px, :width_px]


def _mirrored(slopes: torch.Tensor, component: int, axis: int, scheme: Scheme) -> torch.Tensor:
    """Slopes of a surface and its mirror image behind it: those along the axis change their sign."""
    even = torch.cat([slopes, slopes.flip(axis)], axis)
    along = slopes[:, component]
    if scheme == "forward":
        along = along.narrow(axis, 0, along.shape[axis] - 1)
        level = torch.zeros_like(slopes[:, component].narrow(axis, 0, 1))
        odd = torch.cat([along, level, -along.flip(axis), level], axis)
    else:
        odd = torch.cat([along, -along.flip(axis)], axis)
    parts = [even[:, 0], even[:, 1]]
    parts[component] = odd
    return torch.stack(parts, 1)


def _response(count: int, scheme: Scheme) -> torch.Tensor:
    """What taking slopes does to each frequency of `count` samples."""
    turns = 2 * math.pi * torch.fft.fftfreq(count)
    if scheme == "central":
        return torch.complex(torch.zeros_like(turns), turns.sin())
    return torch.polar(torch.ones_like(turns), turns) - 1
