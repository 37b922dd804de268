"""Dithering: which of a few colours each pixel gets, so that from afar there seem to be more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sfumato_color.oklab import Colours

#: The index of a palette's colour for each pixel (H, W).
Chosen = NDArray[np.intp]

#: Bayer 1973; each threshold is the middle of its step.
_BAYER_PX: Final = 8
#: How far around a seamless picture errors are carried before its first pixel; they have faded by then.
_RUN_UP_PX: Final = 32


def nearest(lab: Colours, palette: Colours) -> Chosen:
    """The nearest colour of `palette` (K, 3) for each of `lab` (H, W, 3)."""
    chosen: Chosen = cKDTree(palette).query(lab)[1]
    return chosen


def ordered(lab: Colours, palette: Colours, strength: float) -> Chosen:
    """The two nearest colours in turn, as often as each is near, in Bayer's 8x8 pattern.

    The pattern is seamless where width and height are multiples of 8.
    """
    if len(palette) == 1:
        return np.zeros(lab.shape[:2], np.intp)
    pair = np.sort(cKDTree(palette).query(lab, k=2)[1], axis=2)
    low, high = palette[pair[..., 0]], palette[pair[..., 1]]
    way = high - low
    share = ((lab - low) * way).sum(axis=2) / np.maximum(np.square(way).sum(axis=2), 1e-9)
    rows, columns = np.indices(lab.shape[:2]) % _BAYER_PX
    thresholds = 0.5 + strength * (_bayer()[rows, columns] - 0.5)
    chosen: Chosen = np.where(share > thresholds, pair[..., 1], pair[..., 0])
    return chosen


def diffused(lab: Colours, palette: Colours, strength: float, tile: str, progress: Callable[[float], None]) -> Chosen:
    """Floyd and Steinberg 1976: what a pixel's colour is off goes to its neighbours to the right and below.

    Where the picture wraps around (`tile`), so do the errors. Pixels with equal x + 2y do not touch each other and
    are done at once.
    """
    top, left = (_RUN_UP_PX if axis in tile else 0 for axis in "yx")
    padded = np.pad(lab, ((top, 0), (left, 0), (0, 0)), mode="wrap")
    height, width = padded.shape[:2]
    rest = np.zeros((height + 1, width + 2, 3), np.float32)
    rest[:height, 1:-1] = padded
    chosen = np.zeros((height, width), np.intp)
    darkest, brightest = palette.min(axis=0), palette.max(axis=0)
    last = width + 2 * (height - 1)
    for front in range(last):
        if front % 64 == 0:
            progress(front / last)
        rows = np.arange(max(0, (front - width + 2) // 2), min(height - 1, front // 2) + 1)
        columns = front - 2 * rows
        # Colours that the palette cannot reach would pile up errors without end.
        wanted = rest[rows, columns + 1].clip(darkest, brightest)
        chosen[rows, columns] = index = np.square(wanted[:, None] - palette).sum(axis=2).argmin(axis=1)
        error = (wanted - palette[index]) * strength
        rest[rows, columns + 2] += error * (7 / 16)
        for offset, share in enumerate((3 / 16, 5 / 16, 1 / 16)):
            rest[rows + 1, columns + offset] += error * share
    return chosen[top:, left:]


def _bayer() -> NDArray[np.float32]:
    """Thresholds (8, 8) between 0 and 1."""
    pattern = np.zeros((1, 1))
    while len(pattern) < _BAYER_PX:
        pattern = np.block([[4 * pattern, 4 * pattern + 2], [4 * pattern + 3, 4 * pattern + 1]])
    return ((pattern + 0.5) / pattern.size).astype(np.float32)
