"""Masks: growing by a disc, feathering, and the way from what a result covers to what the engine repaints and back."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Gray = NDArray[np.uint8]

_LEFT: Final = 255 - np.arange(256, dtype=np.float64)
_REPAINTED: Final[Gray] = np.rint(255 - _LEFT * _LEFT / 255).astype(np.uint8)
_COVERED: Final[Gray] = np.rint(255 - np.sqrt(_LEFT * 255)).astype(np.uint8)


def grown(mask: Gray, by_px: int) -> Gray:
    """The mask (H, W) dilated by a disc of this radius; soft edges stay as soft as they are.

    Each row of a disc is a run. The widest value within a run of any length is that within two runs of a power of
    two, so these are made once (as in sparse tables for range queries).
    """
    if by_px <= 0 or not mask.any():
        return mask
    height, width = mask.shape
    by_px = min(by_px, height + width)
    padded = np.pad(mask, ((0, 0), (by_px, by_px)))
    tables = [padded]
    while 2 ** len(tables) <= 2 * by_px + 1:
        reach = 2 ** (len(tables) - 1)
        tables.append(np.maximum(tables[-1][:, :-reach], tables[-1][:, reach:]))
    out = mask.copy()
    for offset in range(-by_px, by_px + 1):
        above, below = max(0, offset), max(0, -offset)
        if above < height and below < height:
            half = math.isqrt(by_px * by_px - offset * offset)
            run = _run(tables, by_px - half, 2 * half + 1, width)
            rows = out[above : height - below]
            np.maximum(rows, run[below : height - above], out=rows)
    return out


def feathered(mask: Gray, by_px: int) -> Gray:
    """The mask (H, W) with an edge that falls off over `by_px` pixels to either side, and not one pixel further.

    Two box blurs make a tent, whose reach ends where a Gaussian's does not; at the picture's own edges nothing falls.
    """
    if by_px <= 0:
        return mask
    half, rest = by_px // 2, by_px - by_px // 2
    image = Image.fromarray(mask)
    for radius in filter(None, (half, rest)):
        image = image.filter(ImageFilter.BoxBlur(radius))
    return np.asarray(image).copy()


def repainted(alpha: Gray) -> Gray:
    """The mask for the engine under which a result that covers `alpha` is drawn.

    The engine blends by its mask and the host by alpha once more, so it is lifted, 1 - (1 - a)^2: what is hardly
    covered still keeps the structure below, and the edge does not get narrower. `covered` is the inverse.
    """
    return _REPAINTED[alpha]


def covered(mask: Gray) -> Gray:
    """The alpha that `repainted` was given, as far as 8 bits tell; 0 and 255 are exact."""
    return _COVERED[mask]


def _run(tables: list[Gray], start: int, length: int, width: int) -> Gray:
    """The largest value of `length` columns, beginning `start` columns behind each of `width`."""
    level = length.bit_length() - 1
    table, last = tables[level], start + length - 2**level
    return np.maximum(table[:, start : start + width], table[:, last : last + width])
