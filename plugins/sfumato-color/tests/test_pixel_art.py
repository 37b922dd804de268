"""Pixel art: whole cells of one colour each, all of the palette."""

from __future__ import annotations

import numpy as np
import pytest

import sfumato.plugin as sf
from sfumato_color.pixel_art import PixelArt

COLOURS = "#101018 #804030 #d09060 #f0e0c0"


def snap(image, work, **params):
    return PixelArt(PixelArt.Params(**params)).process(image, work)


@pytest.mark.parametrize("colour_of_cell", ["most", "mean"])
def test_every_cell_has_one_colour_of_the_palette(bricks, sfumato_work, colour_of_cell):
    made = snap(bricks, sfumato_work(), cell_px=8, palette="given", colours=COLOURS, colour_of_cell=colour_of_cell)
    cells = np.rint(made.pixels * 255).astype(int).reshape(8, 8, 8, 8, 3)
    hexes = {"#" + bytes(cell.tolist()).hex() for cell in cells[:, 0, :, 0].reshape(-1, 3)}

    assert (cells == cells[:, :1, :, :1]).all()
    assert hexes <= set(COLOURS.split())
    assert len(hexes) > 1


def test_pixel_art_of_pixel_art_is_itself(bricks, sfumato_work):
    params = {"cell_px": 4, "palette": "given", "colours": COLOURS}
    once = snap(bricks, sfumato_work(), **params)

    assert (snap(once, sfumato_work(), **params).pixels == once.pixels).all()


def test_the_most_frequent_colour_wins_where_the_mean_is_of_another(sfumato_work):
    """Nine white pixels and seven black ones."""
    pixels = np.array([1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], np.float32).reshape(4, 4, 1)
    params = {"cell_px": 4, "palette": "given", "colours": "#000000 #bbbbbb #ffffff"}
    most, mean = (
        snap(sf.Image(pixels=pixels), sfumato_work(), colour_of_cell=how, **params) for how in ("most", "mean")
    )

    assert (most.pixels == 1).all()
    assert np.allclose(mean.pixels, 0xBB / 255)


def test_cells_fit_whole_into_any_size(bricks, sfumato_work):
    odd = sf.Image(pixels=bricks.pixels[:61, :50])
    made = snap(odd, sfumato_work(), cell_px=8, count=4).pixels
    runs = np.diff(np.flatnonzero(np.r_[True, np.abs(np.diff(made, axis=0)).any(axis=(1, 2)), True]))

    assert made.shape == odd.pixels.shape
    assert set(runs) <= {7, 8, 15, 16}


def test_what_cannot_be_seen_has_no_vote(sfumato_work):
    pixels = np.ones((4, 4, 4), np.float32)
    pixels[:3, :, :] = [0, 0, 0, 0]
    for how in ("most", "mean"):
        made = snap(
            sf.Image(pixels=pixels),
            sfumato_work(),
            cell_px=4,
            palette="given",
            colours="#000000 #ffffff",
            colour_of_cell=how,
        )
        assert (made.pixels[:, :, :3] == 1).all()
