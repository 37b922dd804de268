"""Pictures as the filters take them: flat, and wrapped around where they are seamless."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

import sfumato.plugin as sf

#: (H, W) or (H, W, C).
Plane = NDArray[np.float32]


def rgb_of(image: sf.Image) -> Plane:
    """(H, W, 3), transparency on white."""
    pixels = image.pixels
    if image.has_alpha:
        alpha = pixels[:, :, 3:]
        pixels = pixels[:, :, :3] * alpha + (1 - alpha)
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels


def grey_of(image: sf.Image) -> Plane:
    """(H, W): luma with the weights of ITU-R BT.601."""
    grey: Plane = rgb_of(image) @ np.array([0.299, 0.587, 0.114], np.float32)
    return grey


def bytes_of(plane: Plane) -> NDArray[np.uint8]:
    """The nearest bytes."""
    found: NDArray[np.uint8] = np.rint(plane.clip(0, 1) * 255).astype(np.uint8)
    return found


def seamlessly(plane: Plane, tile: str, margin_px: int, work: Callable[[Plane], Plane]) -> Plane:
    """What `work` makes of a plane, which goes on beyond its borders where it tiles."""
    height, width = plane.shape[:2]
    down, across = (margin_px if axis in tile else 0 for axis in "yx")
    rest = [(0, 0)] * (plane.ndim - 2)
    wrapped = np.pad(plane, [(down, down), (across, across), *rest], mode="wrap")
    made = work(wrapped)
    return made[down : down + height, across : across + width]


def map_of(plane: Plane, *, name: str, bits: int = 8) -> sf.Image:
    """A control map (H, W, 1 or 3) from 0 to 1."""
    pixels = plane[:, :, None] if plane.ndim == 2 else plane
    return sf.Image(pixels=np.ascontiguousarray(pixels.clip(0, 1), np.float32), name=name, bits=bits)
