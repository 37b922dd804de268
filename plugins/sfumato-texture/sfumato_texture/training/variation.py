"""Surfaces that no material has, made of those that materials have: what is unlike training is then less unlike it.

Each is lit anew from the upper left, so that picture and maps belong together.
"""

from __future__ import annotations

from collections.abc import Sequence
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
SCALED_SHARE: Final = 0.3
DEEPEST: Final = 1.4
"""So many are shallower or deeper than they were made, up to so many times."""


def varied(surfaces: Sequence[Surface], rng: np.random.Generator, change: float = 1.0) -> list[Surface]:
    """As many surfaces, of the same size: turned and mirrored, and partly repainted, blended, inverted and scaled.

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
    repainted, polished, blended, inverted, scaled = rng.random(5) < change * np.array([
        REPAINTED_SHARE, POLISHED_SHARE, BLENDED_SHARE, INVERTED_SHARE, SCALED_SHARE,
    ])  # fmt: skip
    height = surface.height
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
