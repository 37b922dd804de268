"""Refining: what is asked of the engine for each tile, and what becomes of it."""

from __future__ import annotations

import numpy as np
import pytest

import sfumato.plugin as sf
from sfumato.engine.events import ImageReady, Progressed
from sfumato.engine.layers import to_file
from sfumato.recipe import Selection
from sfumato.testing.studio import recipe
from sfumato_upscale.refine import Refine

SMALL = {"tile_px": 64, "overlap": 0.25}


def refine(image, work, **params):
    return Refine(Refine.Params(**SMALL | params)).process(image, work)


def noise(height, width, channels=3):
    return sf.Image(pixels=np.random.default_rng(0).random((height, width, channels), np.float32))


def same(wanted):
    return wanted.init


def flat(like, level):
    return sf.Image(pixels=np.full_like(like.pixels, level))


def test_at_strength_zero_it_is_the_identity(bricks, sfumato_work):
    assert refine(bricks, sfumato_work(), strength=0.0) is bricks


@pytest.mark.parametrize("tile", ["", "x", "xy"])
@pytest.mark.parametrize("size", [(64, 64), (33, 71), (200, 48), (8, 130)])
def test_every_tile_can_be_drawn_and_what_comes_back_is_put_in_its_place(size, tile, sfumato_work):
    work = sfumato_work(answer=same, tile=tile)
    image = noise(*size, channels=4)
    made = refine(image, work, strength=0.4, prompt="moss", steps=12)

    np.testing.assert_allclose(made.pixels, image.pixels, atol=1e-6)
    assert (made.pixels[:, :, 3] == image.pixels[:, :, 3]).all()
    for wanted in work.wanted:
        assert wanted.init.width_px % 8 == wanted.init.height_px % 8 == 0
        assert (wanted.strength, wanted.prompt, wanted.steps) == (0.4, "moss", 12)
    assert len({wanted.seed for wanted in work.wanted}) == len(work.wanted) == len(work.shares)


def test_a_tile_is_seamless_by_itself_only_where_it_is_as_wide_as_the_image(sfumato_work):
    work = sfumato_work(answer=same, tile="xy")
    refine(noise(64, 128), work)

    assert {wanted.tile for wanted in work.wanted} == {"y"}
    whole = sfumato_work(answer=same, tile="xy")
    refine(noise(64, 64), whole)
    assert [wanted.tile for wanted in whole.wanted] == ["xy"]


def test_tiles_of_different_brightness_leave_no_seam(sfumato_work):
    """Around the borders either."""
    levels = iter(np.tile([0.2, 0.8], 50))
    work = sfumato_work(answer=lambda wanted: flat(wanted.init, next(levels)), tile="xy")
    made = refine(noise(128, 144), work).pixels[:, :, 0]

    assert len(work.wanted) > 4
    for axis in (0, 1):
        assert np.abs(made - np.roll(made, 1, axis)).max() < 0.1


def test_outside_the_mask_nothing_changes_and_nothing_is_drawn(sfumato_work):
    image, mask = noise(64, 256), np.zeros((32, 128, 1), np.float32)
    mask[:, :24] = 1
    work = sfumato_work(answer=lambda wanted: sf.Image(pixels=1 - wanted.init.pixels), mask=sf.Image(pixels=mask))
    made = refine(image, work)

    assert (made.pixels[:, 48:] == image.pixels[:, 48:]).all()
    assert (made.pixels[:, :48] != image.pixels[:, :48]).any()
    assert 0 < len(work.wanted) < 4


def test_a_cancelled_job_stops_between_tiles(sfumato_work):
    work = sfumato_work(answer=same, cancel_at=2)
    with pytest.raises(sf.JobCancelled):
        refine(noise(64, 256), work)
    assert len(work.wanted) == 2


def test_the_engine_draws_each_tile_of_an_enlarged_image(sfumato_workshop, bricks):
    chain = (
        Selection(id="upscale.enlarge", params={"factor": 2.0}),
        Selection(id="upscale.refine", params={"strength": 0.5, **SMALL}),
    )
    workshop = sfumato_workshop()
    plain = recipe(0, steps=4, tile="xy", init="i", strength=0.5, post_processors=chain)
    events = workshop.run(plain, assets={"i": to_file(bricks)})
    (made,) = (event.pixels for event in events if isinstance(event, ImageReady))
    told = [event for event in events if isinstance(event, Progressed) and event.contribution == "upscale.refine"]

    assert (made.width_px, made.height_px) == (128, 128)
    assert len(told) == 9
    assert len(workshop.family.called) == 2 + 9 * 2
    pixels = np.frombuffer(made.data, np.uint8).reshape(128, 128, 3)
    assert pixels.std() > 5
