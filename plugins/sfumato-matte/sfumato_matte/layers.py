"""Pictures taken apart into colours and opacity, and put together again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

import sfumato.plugin as sf

#: (H, W) or (H, W, C), 0 to 1.
Plane = NDArray[np.float32]


def rgb_of(image: sf.Image) -> Plane:
    """(H, W, 3); grey becomes three equal channels."""
    found = np.repeat(image.pixels, 3, axis=2) if image.pixels.shape[2] == 1 else image.pixels[:, :, :3]
    return np.ascontiguousarray(found)


def alpha_of(image: sf.Image) -> Plane:
    """(H, W), 1 where there is no alpha channel."""
    height_px, width_px = image.pixels.shape[:2]
    found = image.pixels[:, :, 3] if image.has_alpha else np.ones((height_px, width_px), np.float32)
    return np.ascontiguousarray(found)


def with_alpha(image: sf.Image, rgb: Plane, alpha: Plane) -> sf.Image:
    """The image (H, W, 4) in these colours, with this opacity."""
    pixels = np.concatenate([rgb, alpha[:, :, None]], axis=2, dtype=np.float32).clip(0, 1)
    return sf.Image(pixels=pixels, name=image.name, bits=image.bits)
