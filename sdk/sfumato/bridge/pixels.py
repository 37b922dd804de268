"""Pixels between the pipe, arrays and PNGs, of 8 and of 16 bits."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sfumato import images
from sfumato.errors import ImageRefused, InvalidRecipe
from sfumato.images import Pixels

Array = NDArray[Any]

#: Channels and the numbers of each format on the pipe.
_FORMATS: Final = {"rgba8": (4, "u1"), "gray8": (1, "u1"), "rgba16": (4, "<u2")}
_MODES: Final = {1: "L", 3: "RGB", 4: "RGBA"}
_CHANNELS: Final = {mode: channels for channels, mode in _MODES.items()}
_IHDR: Final = struct.Struct(">I4sII")


def split(rows: Sequence[Any], body: bytes) -> dict[str, Array]:
    """The pictures of a frame's body by name, (H, W, C). Raises InvalidRecipe where list and body do not fit."""
    found: dict[str, Array] = {}
    start = 0
    for index, row in enumerate(rows):
        name, array = _one(row, f"pictures.{index}", memoryview(body)[start:])
        found[name] = _taken(array, row)
        start += array.nbytes
    if start != len(body):
        said = f"the frame carries {len(body)} bytes, its pictures have {start}"
        raise InvalidRecipe.of("pictures", said)
    return found


def described(array: Array) -> tuple[dict[str, Any], bytes]:
    """A picture (H, W, 4) or (H, W, 1) as a frame describes and carries it."""
    height, width, channels = array.shape
    form = "gray8" if channels == 1 else "rgba16" if array.dtype == np.uint16 else "rgba8"
    data = np.ascontiguousarray(array, _FORMATS[form][1]).tobytes()
    return {"width_px": width, "height_px": height, "format": form}, data


def to_pixels(array: Array) -> Pixels:
    """A picture (H, W, C) of 8 bits as the client takes it."""
    height, width, channels = array.shape
    return Pixels(width_px=width, height_px=height, data=np.ascontiguousarray(array).tobytes(), mode=_MODES[channels])


def of_pixels(pixels: Pixels) -> Array:
    """The inverse of `to_pixels`."""
    return np.frombuffer(pixels.data, np.uint8).reshape(pixels.height_px, pixels.width_px, -1)


def of_png(data: bytes) -> Array:
    """A PNG of the daemon's (H, W, C), uint8 or uint16. Raises ImageRefused."""
    mode, bits = images.png_form(data)
    if bits == 16:
        return _sixteen_bits(data, mode)
    return of_pixels(images.decode(data, mode))


def as_rgba(array: Array) -> Array:
    """The same picture with four channels, opaque where it had none that says otherwise."""
    height, width, channels = array.shape
    if channels == 4:
        return array
    out = np.full((height, width, 4), np.iinfo(array.dtype).max, array.dtype)
    out[:, :, :3] = array
    return out


def resized(array: Array, size: tuple[int, int], *, tiles: bool = False, soft: bool = False) -> Array:
    """The picture (H, W, C) at another size (width, height); with `tiles` it is sampled around its edges.

    Colours are weighted by their alpha. `soft` never goes over or under its values, as a mask needs.
    """
    if (array.shape[1], array.shape[0]) == size:
        return array
    peak = np.iinfo(array.dtype).max
    values = array.astype(np.float32)
    if array.shape[2] == 4:
        values[:, :, :3] *= values[:, :, 3:] / peak
    planes = [_plane(values[:, :, channel], size, tiles, soft) for channel in range(array.shape[2])]
    out = np.stack(planes, axis=2)
    if array.shape[2] == 4:
        share = out[:, :, 3:] / peak
        out[:, :, :3] = np.divide(out[:, :, :3], share, out=np.zeros_like(out[:, :, :3]), where=share > 1e-4)
    result: Array = np.clip(np.rint(out), 0, peak).astype(array.dtype)
    return result


def _plane(plane: Array, size: tuple[int, int], tiles: bool, soft: bool) -> Array:
    height, width = plane.shape
    around_px = min(height, width, 4 * max(1, -(-height // size[1]), -(-width // size[0]))) if tiles else 0
    image = Image.fromarray(np.pad(plane, around_px, mode="wrap"))
    box = (around_px, around_px, around_px + width, around_px + height)
    kernel = Image.Resampling.BILINEAR if soft else Image.Resampling.LANCZOS
    return np.asarray(image.resize(size, kernel, box=box))


def _one(row: Any, path: str, rest: memoryview) -> tuple[str, Array]:
    if not isinstance(row, Mapping) or not isinstance(row.get("name"), str):
        raise InvalidRecipe.of(path, f"got {row!r}, expected name, width_px, height_px and format")
    channels, numbers = _FORMATS.get(row.get("format", ""), (0, ""))
    if not channels:
        raise InvalidRecipe.of(f"{path}.format", f"got {row.get('format')!r}, expected one of {', '.join(_FORMATS)}")
    sides = [row.get(name) for name in ("height_px", "width_px")]
    height, width = (side if isinstance(side, int) and not isinstance(side, bool) else 0 for side in sides)
    if height < 1 or width < 1 or height * width > images.MAX_PIXELS:
        raise InvalidRecipe.of(path, f"got {sides[1]!r} x {sides[0]!r} pixels, expected 1 to {images.MAX_PIXELS}")
    size = height * width * channels * np.dtype(numbers).itemsize
    if len(rest) < size:
        raise InvalidRecipe.of(path, f"the frame's body ends {size - len(rest)} bytes before the picture does")
    return row["name"], np.frombuffer(rest[:size], numbers).reshape(height, width, channels)


def _taken(array: Array, row: Mapping[str, Any]) -> Array:
    """8 bits are what a model sees; `take` "alpha" makes a mask of a layer's paint."""
    if array.dtype != np.uint8:
        array = (array >> 8).astype(np.uint8)
    return array[:, :, 3:] if row.get("take") == "alpha" and array.shape[2] == 4 else array


def _sixteen_bits(data: bytes, mode: str) -> Array:
    """A PNG of 16 bits as the daemon writes it, its rows without filters; Pillow would make 8 bits of it."""
    _, _, width, height = _IHDR.unpack_from(data, 8)
    try:
        rows = zlib.decompress(_image_data(data))
        stride = width * _CHANNELS[mode] * 2
        table = np.frombuffer(rows, np.uint8).reshape(height, stride + 1)
    except (zlib.error, ValueError, struct.error) as error:
        raise ImageRefused(f"the picture is damaged or cut short: {error}") from error
    if table[:, 0].any():
        raise ImageRefused("the picture's rows of 16 bits are filtered, which the daemon's are not")
    return np.ascontiguousarray(table[:, 1:]).view(">u2").reshape(height, width, -1).astype(np.uint16)


def _image_data(data: bytes) -> bytes:
    parts, place = [], 8
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        if data[place + 4 : place + 8] == b"IDAT":
            parts.append(data[place + 8 : place + 8 + length])
        place += length + 12
    return b"".join(parts)
