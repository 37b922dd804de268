"""The measures: figures that are known beforehand."""

from __future__ import annotations

import numpy as np
import pytest

from sfumato.ground.evaluate import seam_ratio as of_ground
from sfumato_texture.measures import autocorrelation, repetition, seam_ratio, wraps


@pytest.mark.parametrize("axis", [0, 1])
def test_the_seam_figure_is_that_of_ground(axis, photographed):
    picture = (photographed("granite", 1) * 255).astype(np.uint8)

    assert seam_ratio(picture, axis) == pytest.approx(of_ground(picture, axis))
    assert seam_ratio(picture[:, :, 0], axis) == pytest.approx(of_ground(picture[:, :, :1], axis))


def test_the_figure_of_pictures_with_few_steps_or_none():
    step = np.repeat([[0.0, 0.0, 0.0, 1.0]], 4, axis=0)

    assert seam_ratio(np.ones((8, 8)), 0) == seam_ratio(np.ones((1, 1)), 0) == 0
    assert seam_ratio(step, 0) == 0
    assert seam_ratio(step, 1) == pytest.approx(1 / 0.98)


@pytest.mark.parametrize("material", ["brick", "tiles", "grass", "clouds"])
def test_what_wraps_is_told_from_what_does_not(material, seamless, photographed):
    """Tiles among others: there, a seam among joints does not show in the seam figure."""
    for axis in (0, 1):
        assert wraps(np.roll(seamless(material, 2), 5, axis), axis)
        assert not wraps(photographed(material, 2), axis)


def test_a_repeat_is_found_where_it_is():
    tile = np.random.default_rng(0).random((20, 32, 3))
    found = repetition(np.tile(tile, (3, 3, 1)))

    assert found.strength == pytest.approx(1)
    assert (found.right_px % 32, found.down_px % 20) == (0, 0)
    assert (found.right_px, found.down_px) != (0, 0)


def test_noise_does_not_repeat_and_neither_does_nothing():
    assert repetition(np.random.default_rng(0).random((128, 128))).strength < 0.05
    assert repetition(np.ones((16, 16, 3))).strength == 0


def test_a_weak_repeat_is_a_weak_figure():
    random = np.random.default_rng(0)
    tile, noise = np.tile(random.standard_normal((32, 32)), (4, 4)), random.standard_normal((128, 128))
    strengths = [repetition(tile + amount * noise).strength for amount in (0.5, 1.0, 2.0)]

    np.testing.assert_allclose(strengths, [1 / 1.25, 1 / 2, 1 / 5], atol=0.06)


def test_smooth_hills_are_no_repeats_of_themselves(seamless):
    """Right beside the origin everything is like itself."""
    smooth = seamless("clouds", 4)

    assert autocorrelation(smooth)[0, 1] > 0.95
    assert repetition(smooth).strength < 0.6
