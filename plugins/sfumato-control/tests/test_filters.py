"""The maps that need no model: right, seamless, and of the shape that a map has."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

import sfumato.plugin as sf
from sfumato_control.blur import Blur
from sfumato_control.canny import Canny
from sfumato_control.lineart import Lineart
from sfumato_control.normal import Normal

FILTERS = [(Blur, 3), (Canny, 1), (Lineart, 1), (Normal, 3)]
every = pytest.mark.parametrize(("kind", "channels"), FILTERS)


def mapped(kind, image, work, **params):
    return kind(kind.Params(**params)).map(image, work).pixels


def disc():
    """White on black, radius 20."""
    rows, columns = np.mgrid[:64, :64] - 31.5
    return sf.Image(pixels=(np.hypot(rows, columns) < 20).astype(np.float32)[:, :, None])


@every
def test_a_map_of_any_picture_is_a_map_of_its_size(kind, channels, sfumato_work):
    for shape in ((1, 1, 1), (5, 9, 3), (33, 8, 4)):
        image = sf.Image(pixels=np.random.default_rng(0).random(shape, np.float32))
        made = mapped(kind, image, sfumato_work(tile="xy"))
        assert made.shape == (*shape[:2], channels)
        assert made.dtype == np.float32
        assert 0 <= made.min() <= made.max() <= 1


@every
def test_what_is_transparent_is_white(kind, channels, sfumato_work):
    bare = sf.Image(pixels=np.zeros((32, 32, 4), np.float32))
    paper = sf.Image(pixels=np.ones((32, 32, 3), np.float32))

    assert (mapped(kind, bare, sfumato_work()) == mapped(kind, paper, sfumato_work())).all()


@every
def test_the_map_of_a_seamless_picture_is_seamless(kind, channels, bricks, sfumato_work):
    """Rolling the picture rolls the map, and does not where the job does not tile."""
    rolled = sf.Image(pixels=np.roll(bricks.pixels, (20, 31), (0, 1)))

    def differs(work):
        params = {"low": 30, "high": 60} if kind is Canny else {}
        made = np.roll(mapped(kind, bricks, work, **params), (20, 31), (0, 1))
        return np.abs(made - mapped(kind, rolled, work, **params)).max()

    assert differs(sfumato_work(tile="xy")) < 1e-5
    assert differs(sfumato_work()) > 1e-2


def test_canny_draws_around_a_disc(sfumato_work):
    made = mapped(Canny, disc(), sfumato_work())[:, :, 0]
    rows, columns = np.nonzero(made)
    radii = np.hypot(rows - 31.5, columns - 31.5)

    assert set(np.unique(made)) == {0, 1}
    assert 100 < len(radii) < 180
    assert 18.5 < radii.min() <= radii.max() < 21.5


def test_canny_sees_less_with_higher_thresholds(bricks, sfumato_work):
    assert (
        mapped(Canny, bricks, sfumato_work(), low=20, high=40).sum()
        > 2 * mapped(Canny, bricks, sfumato_work()).sum()
        > 0
    )


def test_lines_run_along_the_dark_side_of_an_edge(sfumato_work):
    made = mapped(Lineart, disc(), sfumato_work())[:, :, 0]
    rows, columns = np.nonzero(made > 0.5)

    assert 20 <= np.hypot(rows - 31.5, columns - 31.5).min() < 21
    assert made[30:34, 30:34].max() == 0
    assert (mapped(Lineart, disc(), sfumato_work(), invert=True)[:, :, 0] == 1 - made).all()


def test_a_faint_edge_is_a_line_only_for_the_sensitive(sfumato_work):
    faint = sf.Image(pixels=disc().pixels * np.float32(0.1) + np.float32(0.4))

    assert mapped(Lineart, faint, sfumato_work(), sensitivity=0.0).max() == 0
    assert mapped(Lineart, faint, sfumato_work(), sensitivity=1.0).max() > 0.3


def test_blur_is_a_gaussian(bricks, sfumato_work):
    expected = cv2.GaussianBlur(np.tile(bricks.pixels, (3, 3, 1)), (0, 0), 4.0)[64:128, 64:128]

    np.testing.assert_allclose(mapped(Blur, bricks, sfumato_work(tile="xy"), radius_px=4.0), expected, atol=1e-5)


def test_the_normals_of_a_slope(sfumato_work):
    """One unit higher per 64 pixels to the right, times 32: half a pixel per pixel."""
    slope = sf.Image(pixels=np.tile(np.arange(64, dtype=np.float32) / 64, (64, 1))[:, :, None])
    made = mapped(Normal, slope, sfumato_work(), strength=32.0, blur_px=0.0)[32, 32] * 2 - 1

    np.testing.assert_allclose(made, np.array([-0.5, 0, 1]) / np.hypot(0.5, 1), atol=1e-5)


def test_the_upper_side_of_a_bump_faces_up_in_opengl_and_down_in_directx(sfumato_work):
    opengl, directx = (mapped(Normal, disc(), sfumato_work(), convention=name) for name in ("opengl", "directx"))

    assert opengl[11, 32, 1] > 0.6
    assert directx[11, 32, 1] < 0.4
    assert (opengl[:, :, [0, 2]] == directx[:, :, [0, 2]]).all()
    assert mapped(Normal, disc(), sfumato_work(), invert=True)[11, 32, 1] < 0.4
    np.testing.assert_allclose(mapped(Normal, disc(), sfumato_work(), strength=0.0)[11, 32], [0.5, 0.5, 1])
