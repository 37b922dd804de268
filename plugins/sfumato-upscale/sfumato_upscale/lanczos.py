"""Lanczos resampling (Pillow's, radius 3), around the borders of seamless pictures."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image

from sfumato_upscale.tiles import Plane

#: The filter's radius when it shrinks to a quarter, and a little more.
_MARGIN_PX: Final = 16


def resample(plane: Plane, width_px: int, height_px: int, tile: str) -> Plane:
    """A plane (H, W, C) at another size, clipped to 0 to 1."""
    if plane.shape[:2] == (height_px, width_px):
        return plane
    height, width = plane.shape[:2]
    down, across = (_MARGIN_PX if axis in tile else 0 for axis in "yx")
    padded = np.pad(plane, ((down, down), (across, across), (0, 0)), mode="wrap")
    box = across, down, across + width, down + height
    channels = [
        Image.fromarray(np.ascontiguousarray(padded[:, :, channel])).resize(
            (width_px, height_px), Image.Resampling.LANCZOS, box=box
        )
        for channel in range(plane.shape[2])
    ]
    return np.stack([np.asarray(each, np.float32) for each in channels], axis=2).clip(0, 1)


def resample_image(pixels: Plane, width_px: int, height_px: int, tile: str) -> Plane:
    """An image (H, W, 1, 3 or 4) at another size; colours count as much as they can be seen."""
    if pixels.shape[2] != 4:
        return resample(pixels, width_px, height_px, tile)
    alpha = resample(pixels[:, :, 3:], width_px, height_px, tile)
    seen = resample(pixels[:, :, :3] * pixels[:, :, 3:], width_px, height_px, tile)
    hidden = resample(pixels[:, :, :3], width_px, height_px, tile)
    colours = np.where(alpha > 1e-3, seen / np.maximum(alpha, 1e-3), hidden).clip(0, 1)
    return np.concatenate([colours, alpha], axis=2, dtype=np.float32)
