"""What results cover, kept inside the picture that the daemon is given, so that it comes back to the last level.

The engine's mask alone would not do: it is lifted, and of the size that is drawn (see masks.repainted).
"""

from __future__ import annotations

import struct
import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]

#: Ancillary, private and safe to copy, as PNG's third edition names chunks in section 5.4.
_NAME: Final = b"sfCv"
_SIZE: Final = struct.Struct(">II")
_END_BYTES: Final = 12


def carrying(png: bytes, cover: Gray) -> bytes:
    """The same PNG with a cover (H, W) inside."""
    data = _SIZE.pack(*cover.shape) + zlib.compress(cover.tobytes(), 1)
    chunk = struct.pack(">I", len(data)) + _NAME + data + struct.pack(">I", zlib.crc32(_NAME + data))
    return png[:-_END_BYTES] + chunk + png[-_END_BYTES:]


def carried_by(png: bytes, size: tuple[int, int]) -> Gray | None:
    """The cover of this size (width, height) in a PNG; None where it has none."""
    place = 8
    while place + 8 <= len(png):
        (length,) = struct.unpack_from(">I", png, place)
        if png[place + 4 : place + 8] == _NAME:
            return _read(png[place + 8 : place + 8 + length], size)
        place += length + 12
    return None


def _read(data: bytes, size: tuple[int, int]) -> Gray | None:
    try:
        height, width = _SIZE.unpack_from(data)
        values = zlib.decompress(data[_SIZE.size :])
    except (struct.error, zlib.error):
        return None
    if (width, height) != size or len(values) != width * height:
        return None
    return np.frombuffer(values, np.uint8).reshape(height, width)
