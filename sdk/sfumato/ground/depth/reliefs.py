"""Reliefs: height fields seen from straight above, as a wall with something on it, a terrain, steps or a slope."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import ndimage

from sfumato.ground.depth.sight import FARTHEST, Sight, relative
from sfumato.ground.materials.fields import Field as Floats
from sfumato.ground.materials.fields import fractal

Relief = Callable[[int, np.random.Generator], Floats]
"""Heights (H, W) of any range, from a size in pixels."""


def _hills(size_px: int, rng: np.random.Generator) -> Floats:
    return np.asarray(fractal(rng, size_px, rng.uniform(90, 250), 30, 2.5), np.float32)


def _terraces(size_px: int, rng: np.random.Generator) -> Floats:
    heights = _hills(size_px, rng)
    found: Floats = np.round(heights * np.float32(rng.uniform(0.8, 2.0)))
    return found


def _stairs(size_px: int, rng: np.random.Generator) -> Floats:
    ramp = _ramp(size_px, rng) * np.float32(rng.integers(3, 9))
    found: Floats = np.floor(ramp)
    return found


def _ramp(size_px: int, rng: np.random.Generator) -> Floats:
    y, x = np.mgrid[:size_px, :size_px].astype(np.float32) / size_px
    angle = rng.uniform(0, 2 * np.pi)
    found: Floats = x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle))
    return found


def _raised(size_px: int, rng: np.random.Generator) -> Floats:
    """Discs and bars of several heights on one another."""
    y, x = np.mgrid[:size_px, :size_px].astype(np.float32)
    found = np.zeros((size_px, size_px), np.float32)
    for _ in range(int(rng.integers(2, 8))):
        row, column = rng.uniform(0, size_px, 2)
        angle, radius = rng.uniform(0, np.pi), rng.uniform(0.08, 0.3) * size_px
        along = (x - column) * np.cos(angle) + (y - row) * np.sin(angle)
        across = (y - row) * np.cos(angle) - (x - column) * np.sin(angle)
        shape = np.hypot(along, across) if rng.random() < 0.5 else np.maximum(np.abs(along) * 0.5, np.abs(across))
        found[shape < radius] += rng.uniform(0.3, 1.0)
    return found


def _domes(size_px: int, rng: np.random.Generator) -> Floats:
    y, x = np.mgrid[:size_px, :size_px].astype(np.float32)
    found = np.zeros((size_px, size_px), np.float32)
    for _ in range(int(rng.integers(1, 8))):
        row, column = rng.uniform(0, size_px, 2)
        radius = rng.uniform(0.1, 0.35) * size_px
        inside = 1 - ((x - column) ** 2 + (y - row) ** 2) / radius**2
        found = np.maximum(found, np.sqrt(np.maximum(inside, 0)) * radius / size_px)
    return found


def _flat(size_px: int, _: np.random.Generator) -> Floats:
    return np.zeros((size_px, size_px), np.float32)


def _craters(size_px: int, rng: np.random.Generator) -> Floats:
    found: Floats = np.abs(_domes(size_px, rng) - np.float32(0.12))
    return found


def _ripples(size_px: int, rng: np.random.Generator) -> Floats:
    y, x = np.mgrid[:size_px, :size_px].astype(np.float32)
    row, column = rng.uniform(0, size_px, 2)
    found: Floats = np.cos(np.hypot(y - row, x - column) * np.float32(rng.uniform(0.08, 0.16)))
    return found


def _blocks(size_px: int, rng: np.random.Generator) -> Floats:
    """A chessboard of columns of several heights."""
    count = int(rng.integers(3, 7))
    cells = rng.integers(0, 4, (count, count)).astype(np.float32)
    place = np.arange(size_px) * count // size_px
    found: Floats = cells[place[:, None], place[None, :]]
    return found


TRAINED: dict[str, Relief] = {
    "flat": _flat, "hills": _hills, "terraces": _terraces, "stairs": _stairs, "ramp": _ramp, "raised": _raised,
    "domes": _domes,
}  # fmt: skip
HELD_OUT: dict[str, Relief] = {"craters": _craters, "ripples": _ripples, "blocks": _blocks}
FLAT_SHARE = 0.3
"""Of the trained reliefs: with nothing to follow, a picture is the plain material."""


def look_at_relief(split: str, size_px: int, rng: np.random.Generator) -> Sight:
    """A random relief of one split."""
    kinds = TRAINED if split == "train" else HELD_OUT
    kind = "flat" if split == "train" and rng.random() < FLAT_SHARE else list(kinds)[int(rng.integers(len(kinds)))]
    heights = kinds[kind](size_px, rng)
    softened = ndimage.gaussian_filter(heights, 1.0, mode="nearest")
    span = float(np.ptp(heights)) or 1.0
    dy, dx = np.gradient(softened / span * np.float32(rng.uniform(0.12, 0.35) * size_px))
    normals = np.stack([-dx, -dy, np.ones_like(dx)], axis=-1)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    y, x = np.mgrid[:size_px, :size_px].astype(np.float32)
    straight = np.zeros((size_px, size_px, 3), np.float32)
    straight[..., 2] = 1
    nearness = relative(heights, np.ones(heights.shape, bool))
    if kind == "flat":
        nearness += np.float32(rng.uniform(0, 1 - FARTHEST))
    return Sight(
        nearness=nearness,
        normals=normals.astype(np.float32),
        places=np.stack([x, -y, np.zeros_like(x)], axis=-1) / np.float32(rng.uniform(0.8, 1.25)),
        facing=straight,
        footprint=np.ones((size_px, size_px), np.float32),
    )
