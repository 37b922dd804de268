"""Filling what is transparent from its neighbours, so that nothing in an initial picture ends at a hard edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Floats = NDArray[np.floating]

_MID_GREY = 127.0


def filled(colours: Bytes, alpha: Bytes) -> Bytes:
    """Colours (H, W, 3) over a smooth continuation of themselves, by alpha (H, W).

    The picture is halved until every hole has closed, and doubled again into what is still open (the pull-push of
    Gortler et al. 1996, The Lumigraph, section 3.4). Where all is transparent, the result is mid-grey.
    """
    if (alpha == 255).all():
        return colours
    weight = alpha.astype(np.float32)[:, :, None] / 255
    whole = _completed(colours.astype(np.float32) * weight, weight)
    return np.clip(np.rint(whole), 0, 255).astype(np.uint8)


def _completed(premultiplied: Floats, weight: Floats) -> Floats:
    """Colours times weight (H, W, 3) and weight (H, W, 1) as colours without holes."""
    if weight.min() >= 1:
        return premultiplied
    height, width = weight.shape[:2]
    if height * width == 1:
        known = float(weight[0, 0, 0])
        return premultiplied / known if known > 0 else np.full_like(premultiplied, _MID_GREY)
    total = _halved(weight)
    # A quarter that is known at all closes the hole of the whole: its colour counts in full one level up.
    closed = np.minimum(total * 4, 1)
    scale = np.divide(closed, total, out=np.zeros_like(total), where=total > 0)
    coarse = _completed(_halved(premultiplied) * scale, closed)
    return premultiplied + (1 - weight) * _doubled(coarse, height, width)


def _halved(values: Floats) -> Floats:
    height, width = values.shape[:2]
    even = np.pad(values, ((0, height % 2), (0, width % 2), (0, 0)))
    return (even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]) / 4


def _doubled(values: Floats, height: int, width: int) -> Floats:
    """Twice as large, linearly: each pixel three quarters of its own and a quarter of its neighbour's."""
    return _stretched(_stretched(values, 0), 1)[:height, :width]


def _stretched(values: Floats, axis: int) -> Floats:
    before = np.concatenate([values.take([0], axis), values.take(range(values.shape[axis] - 1), axis)], axis)
    behind = np.concatenate([values.take(range(1, values.shape[axis]), axis), values.take([-1], axis)], axis)
    pairs = np.stack([values * 0.75 + before * 0.25, values * 0.75 + behind * 0.25], axis + 1)
    shape = list(values.shape)
    shape[axis] *= 2
    return pairs.reshape(shape)
