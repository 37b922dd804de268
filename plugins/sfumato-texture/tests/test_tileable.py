"""Making tileable: the seam goes, the picture stays."""

from __future__ import annotations

import numpy as np
import pytest

import sfumato.plugin as sf
from sfumato_texture.measures import SEAM_LIMIT, line_steps, seam_ratio
from sfumato_texture.quilting import min_error_cut
from sfumato_texture.tileable import Tileable
from sfumato_texture.wrapping import make_tileable

MATERIALS = ["brick", "cobblestone", "planks", "grass", "tiles", "leather", "clouds", "stripes"]


@pytest.mark.parametrize("material", MATERIALS)
def test_any_picture_tiles_on_both_axes(material, photographed):
    picture = photographed(material, 5)
    made = make_tileable(picture, "xy")

    assert made.shape == picture.shape
    assert made.dtype == np.float32
    for axis in (0, 1):
        assert seam_ratio(made, axis) <= SEAM_LIMIT
        assert line_steps(made, axis)[-1] < line_steps(picture, axis)[-1] / 1.5


@pytest.mark.parametrize(("axes", "axis"), [("x", 1), ("y", 0)])
def test_one_axis_alone(axes, axis, photographed):
    picture = photographed("granite", 5)
    made = make_tileable(picture, axes)

    assert seam_ratio(made, axis) <= SEAM_LIMIT
    assert seam_ratio(made, 1 - axis) > SEAM_LIMIT


@pytest.mark.parametrize(("axes", "axis"), [("x", 0), ("y", 1)])
def test_an_axis_that_wraps_goes_on_wrapping_when_the_other_one_is_worked_on(axes, axis, seamless):
    whole = seamless("leather", 6)
    cut = whole[:, :97] if axes == "x" else whole[:97]
    made = make_tileable(cut, axes)

    for each in (0, 1):
        assert seam_ratio(made, each) <= SEAM_LIMIT
    assert line_steps(made, axis)[-1] < 1.3 * np.median(line_steps(made, axis))


def test_what_is_seamless_stays_bit_for_bit(bricks):
    made = make_tileable(bricks.pixels, "xy")

    assert (made == bricks.pixels).all()


def test_the_picture_is_still_itself(photographed):
    """Away from the strip nothing but levels changes: the steps from pixel to pixel stay."""
    picture = photographed("granite", 5)
    made = make_tileable(picture, "x", strip=0.3)
    inner = slice(int(0.2 * 142), int(0.8 * 142))
    apart = np.diff(made[:, inner], axis=1) - np.diff(picture[:, inner], axis=1)

    assert np.abs(apart).mean() < 0.1 * np.abs(np.diff(picture[:, inner], axis=1)).mean()


def test_it_is_no_blur(photographed):
    """A cross-fade would take away half of the detail around the seam."""
    picture = photographed("granite", 5)
    made = np.roll(make_tileable(picture, "x"), 71, axis=1)
    around = line_steps(made, 1)[50:92].mean()

    assert around > 0.85 * line_steps(picture, 1)[:-1].mean()


def test_no_edge_of_the_picture_becomes_the_wrap_line():
    """A single edge stands out of all lines: laid on the wrap line, it would pass for a seam."""
    picture = np.zeros((64, 64, 1), np.float32)
    picture[:, 30:] = 0.8
    picture += np.random.default_rng(0).random(picture.shape, np.float32) * 0.02

    assert seam_ratio(make_tileable(picture, "x"), 1) <= SEAM_LIMIT


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 5, 1), (1, 7, 3), (23, 25, 3), (24, 24, 1), (9, 200, 3)])
def test_tiny_pictures(shape):
    picture = np.random.default_rng(0).random(shape, np.float32)
    made = make_tileable(picture, "xy")

    assert made.shape == shape
    assert np.isfinite(made).all()


def test_a_cut_goes_where_it_costs_least_and_closes_where_it_must():
    apart = np.ones((6, 5))
    valley = [0, 1, 2, 3, 3, 3]
    apart[range(6), valley] = 0
    path, cost = min_error_cut(apart, periodic=False)
    closed, dearer = min_error_cut(apart, periodic=True)

    assert path.tolist() == valley
    assert cost == 0
    assert (np.abs(np.diff([*closed, closed[0]])) <= 1).all()
    assert dearer > 0


def test_size_depth_and_opacity_stay(cut_out, desk):
    before = cut_out.pixels.copy()
    work = desk()
    made = Tileable().process(sf.Image(pixels=cut_out.pixels, name="wall", bits=16), work)

    assert made.pixels.shape == cut_out.pixels.shape
    assert (made.pixels[:, :, 3] == cut_out.pixels[:, :, 3]).all()
    assert (made.name, made.bits) == ("wall", 16)
    assert (cut_out.pixels == before).all()
    assert work.shares == sorted(work.shares)
    assert len(work.shares) > 10


def test_it_can_be_cancelled_halfway(cut_out, desk):
    with pytest.raises(sf.JobCancelled):
        Tileable().process(cut_out, desk(cancel_at=0.5))
