"""Surfaces that no material has, made of those that materials have: what is unlike training is then less unlike it.

Each is lit anew from the upper left, so that picture and maps belong together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sfumato.ground.materials import Surface

REPAINTED_SHARE: Final = 0.15
"""So many wear the colours of another material, lest colour alone tell the relief."""
POLISHED_SHARE: Final = 0.15
"""So many shine as another material does."""
BLENDED_SHARE: Final = 0.15
"""So many have another material's relief in their own."""
INVERTED_SHARE: Final = 0.06
"""So many are a cast of themselves: hills are hollows."""
IMAGINED_SHARE: Final = 0.12
"""So many have a relief that no material has: noise, folded, stepped or terraced."""
SCALED_SHARE: Final = 0.3
DEEPEST: Final = 1.4
"""So many are shallower or deeper than they were made, up to so many times."""

CURVES: Final[Sequence[Callable[[NDArray[np.float64]], NDArray[np.float64]]]] = (
    lambda field: field,
    lambda field: -np.abs(field),
    lambda field: np.tanh(4 * field),
    lambda field: np.floor(2 * field) + np.tanh(8 * (2 * field - np.floor(2 * field)) - 4) / 2,
)
"""Hills, ridges, plateaus and terraces."""


def varied(surfaces: Sequence[Surface], rng: np.random.Generator, change: float = 1.0) -> list[Surface]:
    """As many surfaces, of the same size: turned and mirrored, and partly repainted, reshaped and scaled.

    `change` from 0 to 1 is how many of the shares above there are.
    """
    turned = [_turned(surface, rng) for surface in surfaces]
    return [_changed(surface, turned[place - 1], rng, change) for place, surface in enumerate(turned)]


def _turned(surface: Surface, rng: np.random.Generator) -> Surface:
    quarters, mirrored = int(rng.integers(4)), bool(rng.integers(2))

    def turn(pixels: NDArray[np.floating]) -> NDArray[np.floating]:
        pixels = np.rot90(pixels, quarters)
        return pixels[:, ::-1] if mirrored else pixels

    return Surface(albedo=turn(surface.albedo), height=turn(surface.height), roughness=turn(surface.roughness))


def _changed(surface: Surface, other: Surface, rng: np.random.Generator, change: float) -> Surface:
    repainted, polished, imagined, blended, inverted, scaled = rng.random(6) < change * np.array([
        REPAINTED_SHARE, POLISHED_SHARE, IMAGINED_SHARE, BLENDED_SHARE, INVERTED_SHARE, SCALED_SHARE,
    ])  # fmt: skip
    height = imagined_height(surface.height.shape[0], rng) if imagined else surface.height
    if blended:
        height = height + np.float32(rng.uniform(0.2, 0.6)) * (other.height - height)
    if inverted:
        height = 1 - height
    if scaled:
        mean = height.mean()
        height = np.clip(mean + np.float32(rng.uniform(0, DEEPEST)) * (height - mean), 0, 1)
    return replace(
        surface,
        height=height,
        albedo=other.albedo if repainted else surface.albedo,
        roughness=other.roughness if polished else surface.roughness,
    )


def imagined_height(size_px: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """A seamless relief (S, S) in 0..1: noise with a random power law and direction, through a random curve."""
    across = np.fft.rfftfreq(size_px) * rng.uniform(0.4, 2.5)
    frequency = np.maximum(np.hypot(np.fft.fftfreq(size_px)[:, None], across[None]), rng.uniform(1, 8) / size_px)
    noise = np.fft.rfft2(rng.standard_normal((size_px, size_px)))
    field = np.fft.irfft2(noise * frequency ** -rng.uniform(1.2, 2.6), s=(size_px, size_px))
    field = CURVES[int(rng.integers(len(CURVES)))]((field - field.mean()) / field.std())
    spread = rng.uniform(0.05, 0.3) / max(float(field.std()), 1e-6)
    height: NDArray[np.float32] = np.clip(0.5 + spread * (field - field.mean()), 0, 1).astype(np.float32)
    return height
