"""What every post-processor of this plugin declares, and how it comes into the engine."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import sfumato.plugin as sf
from sfumato.engine.layers import to_file
from sfumato.engine.plugins import discover
from sfumato.errors import InvalidRecipe
from sfumato.recipe import Selection
from sfumato.testing.studio import recipe
from sfumato_color.match import Match
from sfumato_color.pixel_art import PixelArt
from sfumato_color.quantize import Quantize

EVERY = [
    (Match, {"method": "histogram"}),
    (Match, {"method": "spread"}),
    (Match, {"method": "palette"}),
    (Quantize, {"dither": "diffusion"}),
    (Quantize, {"palette": "reference", "dither": "ordered"}),
    (PixelArt, {}),
]
every = pytest.mark.parametrize(("kind", "params"), EVERY)


@every
def test_size_and_alpha_stay(kind, params, cut_out, moss, sfumato_work):
    made = kind(kind.Params(**params)).process(cut_out, sfumato_work(images={"reference": moss}))

    assert made.pixels.shape == cut_out.pixels.shape
    assert made.pixels.dtype == np.float32
    assert (made.pixels[:, :, 3] == cut_out.pixels[:, :, 3]).all()
    assert (made.pixels[:, :, :3] != cut_out.pixels[:, :, :3]).any()


@every
def test_outside_the_mask_nothing_changes(kind, params, bricks, moss, sfumato_work):
    feathered = np.tile(np.clip(np.arange(64) / 20 - 1, 0, 1)[:, None], (64, 1, 1)).astype(np.float32)
    work = sfumato_work(images={"reference": moss}, mask=sf.Image(pixels=feathered))
    made = kind(kind.Params(**params)).process(bricks, work)
    outside = feathered[:, :, 0] == 0

    assert (made.pixels[outside] == bricks.pixels[outside]).all()
    assert (made.pixels[~outside] != bricks.pixels[~outside]).any()


@every
def test_a_mask_fits_an_image_that_has_grown(kind, params, bricks, moss, sfumato_work):
    mask = np.zeros((32, 32, 1), np.float32)
    mask[:16] = 1
    made = kind(kind.Params(**params)).process(
        bricks, sfumato_work(images={"reference": moss}, mask=sf.Image(pixels=mask))
    )

    assert (made.pixels[32:] == bricks.pixels[32:]).all()
    assert (made.pixels[:32] != bricks.pixels[:32]).any()


@every
def test_grey_and_tiny_pictures(kind, params, moss, sfumato_work):
    for shape in ((1, 1, 1), (3, 5, 1), (1, 7, 4)):
        image = sf.Image(pixels=np.random.default_rng(0).random(shape, np.float32), bits=16)
        made = kind(kind.Params(**params)).process(image, sfumato_work(images={"reference": moss}))
        assert made.pixels.shape == (*shape[:2], max(shape[2], 3))
        assert np.isfinite(made.pixels).all()
        assert made.bits == 16


@every
def test_inputs_are_left_alone(kind, params, bricks, moss, sfumato_work):
    before = bricks.pixels.copy(), moss.pixels.copy()
    kind(kind.Params(**params)).process(bricks, sfumato_work(images={"reference": moss}))

    assert (bricks.pixels == before[0]).all()
    assert (moss.pixels == before[1]).all()


def test_the_engine_runs_them_one_after_the_other(sfumato_workshop, bricks, moss):
    chain = (
        Selection(id="color.match", params={"reference": "r"}),
        Selection(id="color.pixel-art", params={"cell_px": 16, "count": 3}),
    )
    bright = sf.Image(pixels=1 - moss.pixels / 2)
    assets = {"i": to_file(bricks), "r": to_file(bright)}
    (made,) = sfumato_workshop().pictures(recipe(0, init="i", strength=0.0, post_processors=chain), assets=assets)
    cells = np.frombuffer(made.data, np.uint8).reshape(4, 16, 4, 16, 3)

    assert (cells == cells[:, :1, :, :1]).all()
    assert cells.min() >= 127


def test_wrong_colours_are_told_by_their_place_in_the_recipe(sfumato_workshop, bricks):
    wrong = Selection(id="color.quantize", params={"colours": "#12"})
    plain = recipe(0, init="i", strength=0.0, post_processors=(wrong,))
    error = sfumato_workshop().run(plain, assets={"i": to_file(bricks)})[-1].error

    assert isinstance(error, InvalidRecipe)
    assert [each.field for each in error.violations] == ["post_processors.0.params.colours"]


def test_the_installed_distribution_owns_its_namespace():
    cards = [card for card in discover().cards() if card.plugin == "sfumato-color"]

    assert [card.id for card in cards] == ["color.match", "color.pixel-art", "color.quantize"]
    for spec in (spec for card in cards for spec in card.parameters):
        assert spec.label
        assert spec.help
        assert spec.depends_on in {"", *(each.id for card in cards for each in card.parameters)}


def test_importing_the_plugin_imports_nothing_heavy():
    script = "import sys, sfumato_color; print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert not {"torch", "numpy", "scipy", "PIL"} & set(shown.split())
