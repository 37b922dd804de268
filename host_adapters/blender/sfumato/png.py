"""PNG files of 8 and 16 bits a channel, written without Blender, so that it can be done beside its main thread."""

import struct
import zlib

import numpy as np

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
_UP = 2  # the filter by which each row is the difference to the one above
_LEVEL = 4


def encode(pixels):
    """A PNG of pixels (H, W, 1 to 4) in uint8 or uint16, the first row at the top."""
    height_px, width_px, channels = pixels.shape
    bits = pixels.dtype.itemsize * 8
    rows = np.ascontiguousarray(pixels, f">u{bits // 8}").view(np.uint8).reshape(height_px, -1)
    filtered = np.empty((height_px, rows.shape[1] + 1), np.uint8)
    filtered[:, 0] = _UP
    filtered[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
    header = struct.pack(">IIBBBBB", width_px, height_px, bits, _COLOUR_TYPES[channels], 0, 0, 0)
    body = zlib.compress(filtered, _LEVEL)
    return b"".join((_SIGNATURE, _chunk(b"IHDR", header), _chunk(b"IDAT", body), _chunk(b"IEND", b"")))


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
