"""Quantizing: few colours, well chosen, well mixed."""

from __future__ import annotations

import numpy as np
import pydantic
import pytest

import sfumato.plugin as sf
from sfumato_color import dither
from sfumato_color.oklab import from_srgb
from sfumato_color.palette import given_colours
from sfumato_color.quantize import Quantize

GAME_BOY = "#0f380f #306230, #8bac0f\n9bbc0f"


def quantize(image, work, **params):
    return Quantize(Quantize.Params(**params)).process(image, work)


def colours_of(image):
    return np.unique(np.rint(image.pixels[:, :, :3] * 255).astype(int).reshape(-1, 3), axis=0)


def ramp(width=64):
    """Black to white from left to right, evenly in OKLab's lightness."""
    lightness = np.linspace(0, 1, width, dtype=np.float32)
    return np.stack([np.tile(lightness, (64, 1)), *np.zeros((2, 64, width))], axis=2).astype(np.float32)


@pytest.mark.parametrize("method", ["k-means", "median-cut"])
@pytest.mark.parametrize("how", ["none", "ordered", "diffusion"])
def test_an_image_in_at_most_so_many_colours(bricks, sfumato_work, method, how):
    assert 2 < len(colours_of(quantize(bricks, sfumato_work(), count=12, method=method, dither=how))) <= 12


def test_k_means_comes_nearer_than_median_cut(bricks, sfumato_work):
    def error(method):
        made = quantize(bricks, sfumato_work(), count=8, method=method)
        return np.square(from_srgb(made.pixels) - from_srgb(bricks.pixels)).sum()

    assert error("k-means") < error("median-cut") * 0.95


def test_given_colours_and_no_others(bricks, sfumato_work):
    made = colours_of(quantize(bricks, sfumato_work(), palette="given", colours=GAME_BOY, dither="diffusion"))

    assert {tuple(colour) for colour in made} == set(given_colours(GAME_BOY))


def test_the_palette_of_a_reference(bricks, moss, sfumato_work):
    work = sfumato_work(images={"reference": moss})
    made = colours_of(quantize(bricks, work, palette="reference", count=5))
    of_moss = colours_of(quantize(moss, sfumato_work(), count=5))

    assert {tuple(colour) for colour in made} <= {tuple(colour) for colour in of_moss}


def test_each_pixel_gets_the_nearest_colour(sfumato_work):
    """To the eye, dark red is nearer to black than to bright red."""
    image = sf.Image(pixels=np.full((8, 8, 3), [0.2, 0, 0], np.float32))
    made = quantize(image, sfumato_work(), palette="given", colours="#000000 #ff0000 #ffffff")

    assert colours_of(made).tolist() == [[0, 0, 0]]


@pytest.mark.parametrize("tile", ["", "xy"])
@pytest.mark.parametrize("how", ["ordered", "diffusion"])
def test_dithering_keeps_the_mean_where_nearest_colours_do_not(how, tile):
    lab, palette = ramp(), from_srgb(np.float32([[0, 0, 0], [1, 1, 1]]))
    mixed = {
        "ordered": lambda: dither.ordered(lab, palette, 1.0),
        "diffusion": lambda: dither.diffused(lab, palette, 1.0, tile, lambda share: None),
    }[how]()
    inner = slice(8, -8)  # the run-up of a seamless ramp begins at its jump
    means = [
        palette[chosen][:, inner, 0].reshape(64, -1, 8).mean(axis=(0, 2))
        for chosen in (mixed, dither.nearest(lab, palette))
    ]
    off = [np.abs(mean - lab[0, inner, 0].reshape(-1, 8).mean(axis=1)).max() for mean in means]

    assert off[0] < 0.05
    assert off[1] > 0.3


def test_error_diffusion_is_floyds_and_steinbergs():
    """Pixel by pixel, in the order of reading."""
    random = np.random.default_rng(1)
    lab, palette = random.random((9, 13, 3), np.float32), random.random((4, 3), np.float32)
    rest, expected = np.pad(lab, ((0, 1), (1, 1), (0, 0))), np.zeros((9, 13), int)
    for row, column in np.ndindex(9, 13):
        wanted = rest[row, column + 1].clip(palette.min(axis=0), palette.max(axis=0))
        expected[row, column] = chosen = np.square(wanted - palette).sum(axis=1).argmin()
        for down, right, share in ((0, 2, 7), (1, 0, 3), (1, 1, 5), (1, 2, 1)):
            rest[row + down, column + right] += (wanted - palette[chosen]) * share / 16

    assert (dither.diffused(lab, palette, 1.0, "", lambda share: None) == expected).all()


def test_errors_wrap_around_where_the_picture_does():
    """In an almost black plane, the few white pixels begin at the very top."""
    lab, palette = np.full((64, 64, 3), [0.03, 0, 0], np.float32), from_srgb(np.float32([[0, 0, 0], [1, 1, 1]]))

    def whites_at_top(tile):
        return dither.diffused(lab, palette, 1.0, tile, lambda share: None)[:8].mean()

    assert whites_at_top("") < 0.015 < 0.02 < whites_at_top("y") < 0.04


def test_a_patterned_seamless_picture_has_no_seam(moss, sfumato_work):
    """The same picture, rolled by the pattern's period, gives the same result, rolled."""
    rolled = sf.Image(pixels=np.roll(moss.pixels, (16, 24), (0, 1)))
    made, made_rolled = (
        quantize(each, sfumato_work(tile="xy"), palette="given", colours=GAME_BOY, dither="ordered")
        for each in (moss, rolled)
    )

    assert (np.roll(made.pixels, (16, 24), (0, 1)) == made_rolled.pixels).all()


@pytest.mark.parametrize(
    ("text", "said"), [("red", "got 'red'"), ("#12345", "got '#12345'"), (" , ", "got none"), ("#fff " * 257, "#fff")]
)
def test_words_that_are_no_colours_are_named(text, said):
    with pytest.raises(pydantic.ValidationError, match=said):
        Quantize.Params(colours=text)


def test_a_palette_without_the_picture_that_it_comes_from(bricks, sfumato_work):
    with pytest.raises(ValueError, match="reference: got no picture"):
        quantize(bricks, sfumato_work(), palette="reference")


def test_a_cancelled_job_stops_in_the_middle_of_a_large_picture(bricks, sfumato_work):
    work = sfumato_work(cancel_at=3)
    with pytest.raises(sf.JobCancelled):
        quantize(bricks, work, dither="diffusion")
    assert work.shares[-1] < 1
