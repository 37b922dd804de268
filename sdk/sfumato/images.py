"""Pictures as bytes and as arrays of pixels, with the limits that keep a hostile file from hurting anybody.

Pixels are plain `bytes` of 8-bit RGB, row by row, with their size beside them, so that nothing here needs numpy.
"""

from __future__ import annotations

import contextlib
import io
import json
import struct
import warnings
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image, ImageOps, PngImagePlugin

from sfumato.errors import ImageRefused

MAX_PIXELS: Final = 8192 * 8192
FORMATS: Final = ("PNG", "JPEG", "WEBP")
#: The PNG text chunks: what other tools read, and our own JSON from which the image can be made again.
PARAMETERS_KEY: Final = "parameters"
RECIPE_KEY: Final = "sfumato"

_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
#: PNG's colour type and the channels of each mode.
_COLOUR_TYPES: Final = {"L": (0, 1), "RGB": (2, 3), "RGBA": (6, 4)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixels:
    """Pixels of 8 or 16 bits a channel. `mode` is Pillow's: `RGB`, `RGBA` or `L`.

    `data` holds width * height * channels numbers, those of 16 bits with the high byte first.
    """

    width_px: int
    height_px: int
    data: bytes
    mode: str = "RGB"
    bits: int = 8

    def to_pil(self) -> Image.Image:
        """The same pixels as a Pillow image, of 8 bits in any case."""
        data = self.data if self.bits == 8 else self.data[::2]
        return Image.frombytes(self.mode, (self.width_px, self.height_px), data)

    @classmethod
    def from_pil(cls, image: Image.Image) -> Pixels:
        """The pixels of a Pillow image in mode RGB, RGBA or L."""
        return cls(width_px=image.width, height_px=image.height, data=image.tobytes(), mode=image.mode)


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the header alone, as they lie in the file. Raises ImageRefused."""
    return _open(data).size


def decode(data: bytes, mode: str = "RGB") -> Pixels:
    """The picture in `data`, turned upright. Raises ImageRefused on anything but a whole PNG, JPEG or WebP."""
    return Pixels.from_pil(_of_8_bits(_load(_open(data))).convert(mode))


def whole_size_of(data: bytes) -> tuple[int, int]:
    """The size that `decode` gives, of a picture that is read to its end. Raises ImageRefused where `decode` would."""
    return _load(_open(data)).size


def _of_8_bits(image: Image.Image) -> Image.Image:
    """A gray picture of 16 bits by its high bytes: Pillow would cut off all that is over 255."""
    if not image.mode.startswith("I;16"):
        return image
    return Image.frombytes("L", image.size, image.tobytes()[0 if image.mode.endswith("B") else 1 :: 2])


def _load(image: Image.Image) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image.load()
            _turn_upright(image)
    except (OSError, SyntaxError, ValueError, MemoryError) as error:
        raise ImageRefused(f"the picture is damaged or cut short: {error}") from error
    return image


def _turn_upright(image: Image.Image) -> None:
    """As the Exif of a camera has it; damaged Exif says nothing, and the pixels are whole."""
    with contextlib.suppress(SyntaxError, struct.error):
        ImageOps.exif_transpose(image, in_place=True)


def _open(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise ImageRefused(f"the picture has far more than the {MAX_PIXELS} pixels that are taken at most") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise ImageRefused(f"{len(data)} bytes that are not a {', '.join(FORMATS)} picture") from error
    if image.width * image.height > MAX_PIXELS:
        raise ImageRefused(f"{image.width}x{image.height} pixels; at most {MAX_PIXELS} are taken")
    return image


def encode_png(pixels: Pixels, texts: Mapping[str, str] | None = None, *, compress_level: int = 6) -> bytes:
    """A PNG with text chunks. The same input gives the same bytes; level 0 is stored, for speed on one machine."""
    chunks = PngImagePlugin.PngInfo()
    for key, text in (texts or {}).items():
        chunks.add_text(key, text)  # tEXt, which every reader knows, or iTXt where Latin-1 does not do
    if compress_level == 0 or pixels.bits == 16:
        return _plain_png(pixels, chunks, compress_level)
    out = io.BytesIO()
    pixels.to_pil().save(out, "PNG", pnginfo=chunks, compress_level=compress_level)
    return out.getvalue()


def _plain_png(pixels: Pixels, chunks: PngImagePlugin.PngInfo, compress_level: int) -> bytes:
    """Rows without filters. Pillow tries five on every row even where nothing is compressed, which takes nine times
    as long, and it writes no colours of 16 bits.
    """
    colour_type, channels = _COLOUR_TYPES[pixels.mode]
    stride = pixels.width_px * channels * pixels.bits // 8
    rows = b"".join([b"\0" + pixels.data[start : start + stride] for start in range(0, len(pixels.data), stride)])
    out = io.BytesIO()
    out.write(_PNG_SIGNATURE)
    header = struct.pack(">IIBBBBB", pixels.width_px, pixels.height_px, pixels.bits, colour_type, 0, 0, 0)
    texts = [(name, data) for name, data, _ in chunks.chunks]
    for name, data in ((b"IHDR", header), *texts, (b"IDAT", zlib.compress(rows, compress_level)), (b"IEND", b"")):
        PngImagePlugin.putchunk(out, name, data)
    return out.getvalue()


def png_form(data: bytes) -> tuple[str, int]:
    """Pillow's mode and the bits a channel of a PNG that `encode_png` wrote, from its header."""
    modes = {colour_type: mode for mode, (colour_type, _) in _COLOUR_TYPES.items()}
    return modes.get(data[25], "RGB"), data[24]


def packed_png(data: bytes) -> bytes:
    """The same PNG with its pixels compressed, whatever their depth."""
    out = io.BytesIO()
    out.write(_PNG_SIGNATURE)
    for name, body in _chunks(data):
        PngImagePlugin.putchunk(out, name, zlib.compress(zlib.decompress(body), 9) if name == b"IDAT" else body)
    return out.getvalue()


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_PNG_SIGNATURE)
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        yield data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        place += length + 12


def texts_of(data: bytes) -> dict[str, str]:
    """The text chunks of a PNG; empty for other pictures. Raises ImageRefused."""
    image = _open(data)
    return {key: str(text) for key, text in getattr(image, "text", {}).items()}


def recipe_of(data: bytes) -> dict[str, Any]:
    """The recipe inside a picture that Sfumato made, as JSON. Raises ImageRefused where there is none."""
    text = texts_of(data).get(RECIPE_KEY)
    if text is None:
        raise ImageRefused("the picture holds no Sfumato recipe")
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ImageRefused(f"the picture's Sfumato recipe is not JSON: {error}") from error
    if not isinstance(found, dict) or not isinstance(found.get("recipe"), dict):
        raise ImageRefused("the picture's Sfumato text holds no recipe")
    return found
