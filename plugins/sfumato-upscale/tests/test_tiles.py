"""Tiles cover everything, blend evenly, and go around seamless borders."""

from __future__ import annotations

import numpy as np
import pytest

from sfumato_upscale.tiles import Axis, Mosaic

SIZES = [(64, 64), (33, 71), (100, 32), (8, 200), (1, 5)]


def mosaic_of(shape, *, size=32, overlap=8, tile="", scale=1, multiple=1, around=False):
    axes = [
        Axis.of(length, size, overlap, wraps=axis in tile, multiple=multiple, around=around)
        for axis, length in zip("yx", shape, strict=True)
    ]
    return Mosaic(*axes, overlap, scale=scale)


def made(plane, work, mosaic):
    for window in mosaic.windows():
        mosaic.lay(work(mosaic.cut(plane, *window)), *window)
    return mosaic.whole()


@pytest.mark.parametrize("tile", ["", "x", "xy"])
@pytest.mark.parametrize("multiple", [1, 8])
@pytest.mark.parametrize("around", [False, True])
@pytest.mark.parametrize("shape", SIZES)
def test_tiles_that_are_left_alone_make_the_same_picture(shape, tile, multiple, around):
    plane = np.random.default_rng(0).random((*shape, 3), np.float32)
    mosaic = mosaic_of(shape, tile=tile, multiple=multiple, around=around)

    np.testing.assert_allclose(made(plane, lambda piece: piece, mosaic), plane, atol=1e-6)
    assert all(span.size % multiple == 0 for window in mosaic.windows() for span in window)


@pytest.mark.parametrize("tile", ["", "xy"])
@pytest.mark.parametrize("shape", SIZES)
def test_a_larger_picture_of_larger_tiles(shape, tile):
    plane = np.random.default_rng(0).random((*shape, 3), np.float32)
    found = made(
        plane, lambda piece: piece.repeat(3, 0).repeat(3, 1), mosaic_of(shape, tile=tile, scale=3, around=True)
    )

    np.testing.assert_allclose(found, plane.repeat(3, 0).repeat(3, 1), atol=1e-6)


@pytest.mark.parametrize("shape", [(64, 64), (33, 71), (24, 100)])
def test_tiles_of_different_brightness_blend_without_a_step(shape):
    """Neither inside, nor from one border to the other."""
    count = iter(range(100))
    plane = np.zeros((*shape, 3), np.float32)
    mosaic = mosaic_of(shape, tile="xy", around=True)
    found = made(plane, lambda piece: piece + next(count) % 2, mosaic)[:, :, 0]

    for axis in (0, 1):
        steps = np.abs(found - np.roll(found, 1, axis))
        assert steps.max() < 0.3
    assert found.max() - found.min() > 0.5 or len(mosaic) == 1


def test_a_window_beyond_the_border_shows_the_other_side():
    plane = np.arange(100, dtype=np.float32)[None, :, None]
    mosaic = mosaic_of((1, 100), tile="x")
    last = [*mosaic.windows()][-1]
    shown = mosaic.cut(plane, *last)[0, :, 0]

    assert last[1].start + last[1].size > 100
    assert shown[-1] == last[1].start + 31 - 100
