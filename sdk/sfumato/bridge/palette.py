"""Drawing in the colours of a palette, for documents that hold no others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Bytes = NDArray[np.uint8]

_FLOYD_STEINBERG = Image.Dither.FLOYDSTEINBERG
_SHIFTS = np.array([65536, 256, 1])


def in_palette(picture: NDArray[Any], palette: Sequence[tuple[int, int, int]]) -> Bytes:
    """A picture (H, W, 4) of 8 or 16 bits in these colours, its alpha 0 or 255 (H, W, 4).

    Errors are diffused (Floyd and Steinberg 1976), so that areas keep their colour and soft edges their softness. What
    has a colour of the palette keeps it; what is fully transparent or opaque stays that.
    """
    whole = (picture >> 8).astype(np.uint8) if picture.dtype == np.uint16 else picture.astype(np.uint8)
    colours = np.array(palette, np.uint8)
    out = np.empty_like(whole)
    out[:, :, :3] = colours[_nearest(whole[:, :, :3], colours)]
    kept = np.isin(_numbers(whole[:, :, :3]), _numbers(colours))
    out[kept, :3] = whole[kept, :3]
    out[:, :, 3] = _dotted(whole[:, :, 3])
    return out


def _nearest(picture: Bytes, colours: Bytes) -> NDArray[np.uint8]:
    """The place in the palette (H, W) of each pixel, errors diffused."""
    palette = Image.new("P", (1, 1))
    palette.putpalette(colours.tobytes())
    return np.asarray(Image.fromarray(picture).quantize(palette=palette, dither=_FLOYD_STEINBERG))


def _dotted(alpha: Bytes) -> Bytes:
    dots = np.asarray(Image.fromarray(alpha).convert("1", dither=_FLOYD_STEINBERG))
    return np.where((alpha == 0) | (alpha == 255), alpha, np.where(dots, 255, 0)).astype(np.uint8)


def _numbers(colours: Bytes) -> NDArray[np.int64]:
    """One number for each colour (..., 3)."""
    numbers: NDArray[np.int64] = colours.astype(np.int64) @ _SHIFTS
    return numbers
