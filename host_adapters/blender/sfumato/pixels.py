"""Pixels between the wire, where the first row is the top one, and Blender, where it is the bottom one."""

import numpy as np

from .core.host import Picture

_TYPES = {"rgba8": "u1", "rgba16": "<u2", "gray8": "u1"}


def array_of(picture):
    """A picture's whole numbers (H, W, 1 or 4), the first row at the top."""
    channels = 1 if picture.format == "gray8" else 4
    return np.frombuffer(picture.data, _TYPES[picture.format]).reshape(picture.height_px, picture.width_px, channels)


def eight_bit(array):
    """Whole numbers of 16 bits as such of 8, rounded; those of 8 as they are."""
    return array if array.itemsize == 1 else ((array.astype(np.uint32) + 128) // 257).astype(np.uint8)


def shares(array):
    """Whole numbers as float32 in 0..1."""
    return array.astype(np.float32) / np.float32(255 if array.itemsize == 1 else 65535)


def picture_of(flat, width_px, height_px):
    """Blender's floats (bottom row first, already in sRGB) as rgba8."""
    return Picture(width_px, height_px, "rgba8", whole_numbers(flat, width_px, height_px).tobytes())


def whole_numbers(flat, width_px, height_px):
    """Blender's floats (bottom row first) as (H, W, 4) in uint8, the first row at the top."""
    pixels = flat.reshape(height_px, width_px, 4)[::-1]
    return (pixels.clip(0, 1) * 255 + 0.5).astype(np.uint8)


def srgb_of_linear(linear):
    """IEC 61966-2-1: linear light in 0..1 as sRGB."""
    low = linear <= 0.0031308
    return np.where(low, linear * 12.92, 1.055 * np.power(np.maximum(linear, 0.0031308), 1 / 2.4) - 0.055)


def linear_of_srgb(srgb):
    """The inverse of `srgb_of_linear`."""
    return np.where(srgb <= 0.04045, srgb / 12.92, np.power((srgb + 0.055) / 1.055, 2.4))
