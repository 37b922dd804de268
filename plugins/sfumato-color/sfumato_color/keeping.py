"""What is kept of an image whose colours change: its opacity, and everything outside the job's mask."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

import sfumato.plugin as sf
from sfumato_color.oklab import Colours


def rgb_of(image: sf.Image) -> Colours:
    """(H, W, 3); grey becomes three equal channels."""
    return np.repeat(image.pixels, 3, axis=2) if image.pixels.shape[2] == 1 else image.pixels[:, :, :3]


def opacity_of(image: sf.Image) -> NDArray[np.float32]:
    """(H, W), 1 where the image is opaque."""
    height_px, width_px = image.pixels.shape[:2]
    return image.pixels[:, :, 3] if image.has_alpha else np.ones((height_px, width_px), np.float32)


def masked(image: sf.Image, work: sf.Work) -> NDArray[np.float32]:
    """(H, W), 1 where the image may change: the job's mask at the size that the image has by now."""
    height_px, width_px = image.pixels.shape[:2]
    if work.mask is None:
        return np.ones((height_px, width_px), np.float32)
    rows = np.arange(height_px) * work.mask.height_px // height_px
    columns = np.arange(width_px) * work.mask.width_px // width_px
    share: NDArray[np.float32] = work.mask.pixels[rows[:, None], columns, 0]
    return share


def recoloured(image: sf.Image, rgb: Colours, work: sf.Work, *, hard: bool = False) -> sf.Image:
    """The image in new colours (H, W, 3), with its own opacity and, outside the mask, its own colours.

    A soft mask mixes, unless `hard` allows for the new colours or the old ones alone.
    """
    share = masked(image, work)[:, :, None]
    if hard:
        share = (share >= 0.5).astype(np.float32)
    mixed = rgb * share + rgb_of(image) * (1 - share)
    pixels = np.concatenate([mixed, image.pixels[:, :, 3:]], axis=2, dtype=np.float32)
    return sf.Image(pixels=pixels, name=image.name, bits=image.bits)
