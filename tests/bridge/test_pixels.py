"""Masks, filling, and fitting to what is drawn and back."""

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfumato import images
from sfumato.bridge import masks
from sfumato.bridge.fitting import Fitting
from sfumato.bridge.neighbours import filled
from sfumato.bridge.pixels import as_rgba, described, of_png, resized, split
from sfumato.bridge.region import Region
from sfumato.errors import ImageRefused, InvalidRecipe
from sfumato.images import Pixels

rng = np.random.default_rng(0)


def random(*shape):
    return rng.integers(0, 256, shape, np.uint8)


@pytest.mark.parametrize("radius", [0, 1, 2, 5, 9, 40])
def test_growing_is_a_dilation_by_a_disc(radius):
    mask = np.zeros((23, 31), np.uint8)
    mask[4, 5], mask[12:14, 20:25], mask[22, 0] = 255, 130, 77
    rows, columns = np.mgrid[:23, :31]
    expected = np.zeros_like(mask)
    for y, x in np.argwhere(mask):
        near = (rows - y) ** 2 + (columns - x) ** 2 <= radius**2
        expected[near] = np.maximum(expected[near], mask[y, x])

    np.testing.assert_array_equal(masks.grown(mask, radius), expected)


@pytest.mark.parametrize("feather", [1, 2, 7, 16])
def test_feathering_reaches_as_far_as_it_says_and_no_further(feather):
    mask = np.zeros((20, 120), np.uint8)
    mask[:, 60:] = 255
    row = masks.feathered(mask, feather)[10].astype(int)

    assert (row[: 60 - feather] == 0).all()
    assert (row[60 + feather :] == 255).all()
    assert (np.diff(row) >= 0).all()
    assert 0 < row[59] < row[60] < 255


def test_what_is_repainted_tells_what_was_covered():
    alpha = np.arange(256, dtype=np.uint8)[None]
    mask = masks.repainted(alpha)

    assert (mask >= alpha).all()
    assert ((mask == 0) == (alpha == 0)).all()
    assert (masks.covered(mask)[mask == 255] == 255).all()
    assert np.abs(masks.covered(mask).astype(int) - alpha).max() <= 16


def test_filling_keeps_what_is_there_and_continues_it():
    picture = np.zeros((33, 47, 3), np.uint8)
    picture[:, :20], picture[:, 20:] = (200, 10, 10), (1, 2, 3)
    alpha = np.zeros((33, 47), np.uint8)
    alpha[:, :20] = 255
    whole = filled(picture, alpha)

    np.testing.assert_array_equal(whole[:, :20], picture[:, :20])
    np.testing.assert_allclose(whole[:, 20:], np.broadcast_to((200, 10, 10), (33, 27, 3)), atol=1)


def test_a_hole_takes_the_colours_around_it_and_emptiness_is_grey():
    picture = np.full((40, 40, 3), 50, np.uint8)
    picture[:, 20:] = 150
    alpha = np.full((40, 40), 255, np.uint8)
    alpha[15:25, 15:25] = 0
    hole = filled(picture, alpha)[15:25, 15:25]

    assert hole.min() >= 50
    assert hole.max() <= 150
    assert hole[:, 0].mean() < hole[:, -1].mean()
    assert (filled(picture, np.zeros_like(alpha)) == 127).all()


sides = st.integers(1, 90)


@settings(deadline=None, max_examples=60)
@given(sides, sides, st.integers(8, 120), st.integers(8, 120), st.booleans(), st.integers(0, 3))
def test_whatever_the_sizes_pictures_fit_what_is_drawn_and_results_fit_the_region(w, h, dw, dh, tiles, channels):
    region = Region.from_json({"width_px": w, "height_px": h, "draw_width_px": dw, "draw_height_px": dh}, tiles=tiles)
    fitting = Fitting(region)
    fitting.cover(np.full((h, w, 1), 255, np.uint8))

    assert all(side % 8 == 0 for side in region.drawn)
    assert fitting.initial(random(h, w, 4)).shape == (region.draw_height_px, region.draw_width_px, 3)
    result = fitting.result(random(region.draw_height_px, region.draw_width_px, (1, 3, 4, 3)[channels]))
    assert result.shape == (h, w, 4)
    if channels != 2:
        assert (result[:, :, 3] == 255).all()
    small = fitting.preview(random(max(1, region.draw_height_px // 8), max(1, region.draw_width_px // 8), 3))
    assert small.shape[0] <= max(h, 1)
    assert small.shape[1] <= max(w, 1)


def test_a_region_that_only_lacks_a_multiple_is_padded_and_comes_back_byte_by_byte():
    picture = random(77, 101, 4)
    picture[:, :, 3] = 255
    fitting = Fitting(Region.from_json({"width_px": 101, "height_px": 77}, tiles=False))

    np.testing.assert_array_equal(fitting.result(fitting.initial(picture)), picture)


def test_what_tiles_still_tiles_when_it_was_resized():
    columns = np.arange(64) / 64 * 2 * np.pi
    wave = np.rint(127 + 100 * np.sin(columns)).astype(np.uint8)
    picture = np.broadcast_to(wave[None, :, None], (64, 64, 3)).copy()
    row = resized(picture, (100, 64), tiles=True)[10, :, 0].astype(int)

    inside = np.abs(np.diff(row)).max()
    assert abs(row[0] - row[-1]) <= inside


def test_an_enlargement_is_kept_where_it_is_wanted_and_another_shape_always():
    plain = Fitting(Region.from_json({"width_px": 50, "height_px": 41}, tiles=False))
    kept = Fitting(Region.from_json({"width_px": 50, "height_px": 41, "keep_scale": True}, tiles=False))
    drawn = random(48 * 2, 56 * 2, 3)

    assert plain.result(drawn).shape == (41, 50, 4)
    assert kept.result(drawn).shape == (82, 100, 4)
    assert plain.result(random(20, 56, 4)).shape == (20, 56, 4)


def test_a_result_is_as_transparent_as_what_it_came_from_where_that_is_kept():
    picture = random(64, 64, 4)
    fitting = Fitting(Region.from_json({"width_px": 64, "height_px": 64, "keep_alpha": True}, tiles=False))
    drawn = fitting.initial(picture)

    np.testing.assert_array_equal(fitting.result(drawn)[:, :, 3], picture[:, :, 3])


def test_transparent_colours_do_not_bleed_when_a_picture_is_resized():
    picture = np.zeros((32, 32, 4), np.uint8)
    picture[:, :16] = (255, 0, 0, 255)
    picture[:, 16:] = (0, 255, 0, 0)
    smaller = resized(picture, (16, 16))

    assert smaller[smaller[:, :, 3] > 8][:, 1].max() <= 1


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_sixteen_bits_come_as_they_are(mode):
    values = rng.integers(0, 65536, (9, 13, len(mode)), np.uint16)
    png = images.encode_png(
        Pixels(width_px=13, height_px=9, data=values.astype(">u2").tobytes(), mode=mode, bits=16), compress_level=0
    )

    np.testing.assert_array_equal(of_png(png), values)
    header, body = described(as_rgba(of_png(png)))
    assert header == {"width_px": 13, "height_px": 9, "format": "rgba16"}
    assert np.frombuffer(body, "<u2").reshape(9, 13, 4)[0, 0, 0] == values[0, 0, 0]


def test_a_damaged_png_of_sixteen_bits_is_refused():
    whole = images.encode_png(Pixels(width_px=4, height_px=4, data=bytes(96), mode="RGB", bits=16), compress_level=0)
    start = whole.index(b"IDAT") - 4
    short = zlib.compress(bytes(10))
    damaged = whole[:start] + struct.pack(">I", len(short)) + b"IDAT" + short + bytes(4)

    with pytest.raises(ImageRefused):
        of_png(damaged)


def test_pictures_follow_each_other_in_the_body():
    one, other = random(3, 4, 4), random(5, 2, 1)
    rows = [
        {"name": "one", "width_px": 4, "height_px": 3, "format": "rgba8"},
        {"name": "other", "width_px": 2, "height_px": 5, "format": "gray8"},
        {"name": "paint", "width_px": 4, "height_px": 3, "format": "rgba8", "take": "alpha"},
    ]
    found = split(rows, one.tobytes() + other.tobytes() + one.tobytes())

    np.testing.assert_array_equal(found["one"], one)
    np.testing.assert_array_equal(found["other"], other)
    np.testing.assert_array_equal(found["paint"], one[:, :, 3:])
    with pytest.raises(InvalidRecipe, match="the frame carries"):
        split(rows[:1], one.tobytes() + b"more")
