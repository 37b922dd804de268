"""Pictures come in within limits, and carry their recipe."""

import io
import struct
import zlib

import pytest
from PIL import ExifTags, Image

from sfumato.errors import ImageRefused
from sfumato.images import MAX_PIXELS, Pixels, decode, encode_png, recipe_of, size_of, texts_of, whole_size_of

RED = Pixels(width_px=3, height_px=2, data=bytes((255, 0, 0)) * 6)


def encoded(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def test_pixels_survive_a_png_at_every_level():
    for level in (0, 1, 6):
        assert decode(encode_png(RED, compress_level=level)) == RED


@pytest.mark.parametrize(("mode", "channels"), [("L", 1), ("RGB", 3), ("RGBA", 4)])
def test_every_mode_survives_a_stored_png(mode, channels):
    pixels = Pixels(width_px=5, height_px=3, data=bytes(range(15 * channels)), mode=mode)
    stored = encode_png(pixels, {"parameters": "moss"}, compress_level=0)

    assert decode(stored, mode) == pixels
    assert texts_of(stored) == {"parameters": "moss"}


def test_the_same_pixels_and_texts_give_the_same_bytes():
    assert encode_png(RED, {"a": "b"}) == encode_png(RED, {"a": "b"})


def test_texts_keep_every_letter():
    assert texts_of(encode_png(RED, {"parameters": "Straße, 砂\nSteps: 3"})) == {"parameters": "Straße, 砂\nSteps: 3"}


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_the_three_formats_are_read(kind):
    data = encoded(Image.new("RGB", (16, 8), "blue"), kind)

    assert size_of(data) == (16, 8)
    assert decode(data).width_px == 16


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_a_photo_is_turned_upright(kind):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # the camera was turned to the left
    lying = Image.new("RGB", (64, 32), "blue")
    lying.paste("red", (0, 0, 32, 32))
    out = io.BytesIO()
    lying.save(out, kind, exif=exif)

    upright = decode(out.getvalue()).to_pil()

    assert upright.size == whole_size_of(out.getvalue()) == (32, 64)
    assert upright.getpixel((16, 8))[0] > 200 > upright.getpixel((16, 56))[0]


@pytest.mark.parametrize("exif", [b"Exif\0\0no tiff", b"Exif\0\0MM\0*\0"])
def test_damaged_exif_turns_nothing(exif):
    out = io.BytesIO()
    Image.new("RGB", (64, 32)).save(out, "WEBP", exif=exif)

    assert whole_size_of(out.getvalue()) == (64, 32)


def test_gray_palette_and_16_bit_pictures_become_rgb():
    for mode in ("L", "P", "I;16", "LA", "RGBA", "1"):
        assert decode(encoded(Image.new(mode, (4, 4)), "PNG")).mode == "RGB"


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF"])
def test_other_formats_are_refused(kind):
    with pytest.raises(ImageRefused, match="not a PNG, JPEG, WEBP picture"):
        decode(encoded(Image.new("RGB", (4, 4)), kind))


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 0.6, 0.95])
def test_a_picture_that_is_cut_short_is_refused(share):
    data = encoded(Image.effect_noise((64, 64), 50).convert("RGB"), "PNG")

    with pytest.raises(ImageRefused):
        decode(data[: int(len(data) * share)])


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


@pytest.mark.parametrize("side_px", [8193, 65535, 2**31 - 1])
def test_a_bomb_is_refused_by_its_header(side_px):
    header = struct.pack(">IIBBBBB", side_px, side_px, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"")) + _chunk(b"IEND", b"")

    with pytest.raises(ImageRefused, match=str(MAX_PIXELS)):
        size_of(data)


def test_a_text_chunk_bomb_is_refused():
    bomb = b"k\0\0" + zlib.compress(bytes(80 * 2**20), 9)
    png = encode_png(RED)
    data = png[:33] + _chunk(b"zTXt", bomb) + png[33:]

    with pytest.raises(ImageRefused):
        decode(data)


def test_a_picture_without_a_recipe_says_so():
    with pytest.raises(ImageRefused, match="holds no Sfumato recipe"):
        recipe_of(encode_png(RED))


@pytest.mark.parametrize("text", ["{", "[]", '{"recipe": 3}', "null"])
def test_a_damaged_recipe_says_so(text):
    with pytest.raises(ImageRefused, match="recipe"):
        recipe_of(encode_png(RED, {"sfumato": text}))


def test_a_gray_picture_of_16_bits_keeps_its_tones():
    tones = Image.frombytes("I;16", (256, 1), b"".join(struct.pack("<H", 257 * tone) for tone in range(256)))

    assert decode(encoded(tones, "PNG"), "L").data == bytes(range(256))
