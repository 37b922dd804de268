"""Edges of a matte: along those of the picture, and free of the background's colour."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from sfumato_matte.layers import Plane

_WIDE_PX: Final = 90
_NARROW_PX: Final = 6


def guided(alpha: Plane, rgb: Plane, radius_px: int, softness: float, tile: str = "") -> Plane:
    """`alpha` (H, W), its edges where `rgb` (H, W, 3) has them: the guided filter of He et al. 2010, eq. 14 to 16.

    `softness` is the square root of its epsilon: contrast below it does not count as an edge.
    """
    down, across = (2 * radius_px if axis in tile else 0 for axis in "yx")
    around = ((down, down), (across, across))
    guide = np.pad(rgb, (*around, (0, 0)), mode="wrap")
    matte = np.pad(alpha, around, mode="wrap")
    mean, mean_matte = _box(guide, radius_px), _box(matte, radius_px)
    products = _box(guide[:, :, :, None] * guide[:, :, None], radius_px)
    spread = products - mean[:, :, :, None] * mean[:, :, None] + np.eye(3, dtype=np.float32) * softness**2
    joint = _box(guide * matte[:, :, None], radius_px) - mean * mean_matte[:, :, None]
    slope = np.linalg.solve(spread, joint[:, :, :, None])[:, :, :, 0].astype(np.float32)
    offset = mean_matte - (slope * mean).sum(axis=2)
    found = (_box(slope, radius_px) * guide).sum(axis=2) + _box(offset, radius_px)
    refined: Plane = found[down : down + alpha.shape[0], across : across + alpha.shape[1]].clip(0, 1)
    return refined


def cleared(alpha: Plane, haze: float) -> Plane:
    """The matte without the faint veil that a filter leaves: opacity within `haze` of none or all is none or all."""
    found: Plane = ((alpha - haze) / (1 - 2 * haze)).clip(0, 1).astype(np.float32)
    return found


def grown(alpha: Plane, by_px: int) -> Plane:
    """The matte wider by so many pixels, or narrower where it is below 0."""
    if by_px == 0:
        return alpha
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * abs(by_px) + 1,) * 2)
    moved = cv2.dilate(alpha, disc) if by_px > 0 else cv2.erode(alpha, disc)
    return np.asarray(moved, np.float32)


def clean_colours(rgb: Plane, alpha: Plane) -> Plane:
    """The object's own colours (H, W, 3) where the background shines through its edge.

    Forte 2021, Approximate Fast Foreground Colour Estimation: blur fusion, wide and then narrow. Where the object is
    opaque its colours stay.
    """
    own, others = rgb, rgb
    for radius_px in (_WIDE_PX, _NARROW_PX):
        own, others = _fused(rgb, own, others, alpha[:, :, None], radius_px)
    return np.where(alpha[:, :, None] < 1, own.clip(0, 1), rgb).astype(np.float32)


def _fused(rgb: Plane, own: Plane, others: Plane, alpha: Plane, radius_px: int) -> tuple[Plane, Plane]:
    size = (2 * radius_px + 1,) * 2
    share = cv2.blur(alpha, size)[:, :, None]
    mean = cv2.blur(own * alpha, size) / (share + 1e-5)
    mean_others = cv2.blur(others * (1 - alpha), size) / (1 - share + 1e-5)
    found: Plane = mean + alpha * (rgb - alpha * mean - (1 - alpha) * mean_others)
    return found.astype(np.float32), mean_others.astype(np.float32)


def _box(plane: Plane, radius_px: int) -> Plane:
    """The mean around each pixel, of any number of channels."""
    flat = np.ascontiguousarray(plane.reshape(*plane.shape[:2], -1))
    size = (2 * radius_px + 1,) * 2
    means = [cv2.blur(flat[:, :, channel], size, borderType=cv2.BORDER_REFLECT) for channel in range(flat.shape[2])]
    return np.stack(means, axis=2).reshape(plane.shape).astype(np.float32)
