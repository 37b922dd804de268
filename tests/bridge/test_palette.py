"""Pictures in the colours of a palette: nothing but these, the same on average, and what has one already keeps it."""

import numpy as np
import pytest

from sfumato.bridge.fitting import Fitting
from sfumato.bridge.palette import in_palette
from sfumato.bridge.region import Region
from sfumato.errors import InvalidRecipe

RNG = np.random.default_rng(0)
PRIMARIES = [(255 * red, 255 * green, 255 * blue) for red in (0, 1) for green in (0, 1) for blue in (0, 1)]


def area(red, green, blue, alpha=255, side=64):
    return np.full((side, side, 4), (red, green, blue, alpha), np.uint8)


def test_an_area_keeps_its_colour_on_average():
    drawn = in_palette(area(200, 120, 40), PRIMARIES)

    assert {tuple(colour) for colour in drawn[:, :, :3].reshape(-1, 3).tolist()} <= set(PRIMARIES)
    np.testing.assert_allclose(drawn[:, :, :3].mean((0, 1)), (200, 120, 40), atol=3)


def test_what_has_a_colour_of_the_palette_keeps_it():
    palette = [tuple(each) for each in RNG.integers(0, 256, (250, 3)).tolist()]
    picture = np.full((40, 40, 4), 255, np.uint8)
    picture[:, :, :3] = np.array(palette, np.uint8)[RNG.integers(0, 250, (40, 40))]

    np.testing.assert_array_equal(in_palette(picture, palette), picture)


def test_half_an_alpha_covers_half_and_nothing_stays_nothing():
    picture = area(255, 0, 0, 128)
    picture[:, :16, 3], picture[:, 48:, 3] = 0, 255
    alpha = in_palette(picture, PRIMARIES)[:, :, 3]

    assert set(np.unique(alpha)) == {0, 255}
    assert (alpha[:, :16] == 0).all()
    assert (alpha[:, 48:] == 255).all()
    assert abs(alpha[:, 16:48].mean() - 128) < 4


def test_sixteen_bits_come_as_eight():
    drawn = in_palette(area(255, 255, 0).astype(np.uint16) * 257, PRIMARIES)

    assert (drawn.dtype, tuple(drawn[0, 0])) == (np.uint8, (255, 255, 0, 255))


def test_a_region_with_a_palette_draws_in_it():
    region = Region.from_json({"width_px": 64, "height_px": 64, "palette": ["#000000", "#FF8000"]}, tiles=False)
    drawn = Fitting(region).result(RNG.integers(0, 256, (64, 64, 3), np.uint8))

    assert {tuple(colour) for colour in drawn.reshape(-1, 4).tolist()} == {(0, 0, 0, 255), (255, 128, 0, 255)}


@pytest.mark.parametrize("palette", ["#000000", ["black"], ["#12345"], [1], ["#000000"] * 257])
def test_what_is_no_palette_is_refused_by_name(palette):
    with pytest.raises(InvalidRecipe, match=r"region\.palette: got .*, expected at most 256 colours as '#rrggbb'"):
        Region.from_json({"width_px": 64, "height_px": 64, "palette": palette}, tiles=False)
