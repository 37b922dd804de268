"""Live painting with both clients, and with Ground behind them."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import sfumato
from sfumato.client.easel import Easel
from sfumato.errors import DaemonUnavailable, ImageRefused, InvalidRecipe
from sfumato.images import Pixels
from tests.daemon.house import House

WORKER = (sys.executable, "-P", "-m", "sfumato.worker")
GREY = Image.new("RGB", (64, 64), "grey")
OPTIONS = {"steps": 3, "strength": 0.7, "seed": 1}


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """A front with the real worker."""
    with House(tmp_path_factory.mktemp("ground")).start(worker_command=WORKER) as front:
        yield front


def array(pixels):
    return np.frombuffer(pixels.data, np.uint8).reshape(pixels.height_px, pixels.width_px, 3)


def test_ground_draws_what_a_job_with_the_same_recipe_draws(ground):
    with sfumato.connect(ground.announced["address"], token=ground.announced["token"]) as studio:
        with studio.paint("moss", **OPTIONS) as painting:
            painting.show(GREY)
            results = [painting.settle()]
            painting.show(seed=2)
            results.append(painting.settle())
        pictures = [studio.generate("moss", **{**OPTIONS, "seed": seed}, init=GREY) for seed in (1, 2)]

    assert [result.frame for result in results] == [1, 2]
    for result, picture in zip(results, pictures, strict=True):
        assert result.picture.data == picture.pil.tobytes()


def test_outside_the_mask_the_canvas_stays_as_it_is(ground):
    canvas = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    mask = np.zeros((64, 64), np.uint8)
    mask[16:48, 16:48] = 255
    with (
        sfumato.connect(ground.announced["address"], token=ground.announced["token"]) as studio,
        studio.paint("moss", **OPTIONS) as painting,
    ):
        painting.show(Image.fromarray(canvas), mask=Image.fromarray(mask))
        inside = array(painting.settle().picture)
        painting.show(mask="")
        everywhere = array(painting.settle().picture)

    assert (inside[mask == 0] == canvas[mask == 0]).all()
    assert (inside[mask == 255] != canvas[mask == 255]).any()
    assert (everywhere[mask == 0] != canvas[mask == 0]).any()


def test_the_example_paints(ground, tmp_path):
    endpoint = {"SFUMATO_ADDRESS": ground.announced["address"], "SFUMATO_TOKEN": ground.announced["token"]}
    example = Path(__file__).parents[2] / "examples/paint.py"
    told = subprocess.run(
        [sys.executable, example, tmp_path / "painted.png"],
        env=os.environ | endpoint, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip

    assert told.splitlines()[-1] == "stroke 8: step 2 of 2"
    with Image.open(tmp_path / "painted.png") as painted:
        assert painted.size == (256, 256)


async def test_the_asyncio_client_paints_too(front):
    async with (
        await sfumato.aconnect(front.announced["address"], token=front.announced["token"]) as studio,
        studio.paint("moss", steps=2, seed=5) as painting,
    ):
        painting.show(GREY)
        seen = []
        async for result in painting:
            seen.append((result.frame, result.final))
            if result.final:
                break
        painting.show(GREY)
        again = await painting.settle()
        painting.finish()
        rest = [result async for result in painting]
        with pytest.raises(DaemonUnavailable, match="closed"):
            painting.show(GREY)

    assert seen[-1] == (1, True)
    assert (again.frame, again.picture, rest) == (2, result.picture, [])


async def test_the_asyncio_client_hears_why_a_painting_ended(front):
    async with (
        await sfumato.aconnect(front.announced["address"], token=front.announced["token"]) as studio,
        studio.paint("moss", sampler="no-such") as painting,
    ):
        painting.show(GREY)
        with pytest.raises(InvalidRecipe, match=r"sampler\.id"):
            await painting.settle()
        with pytest.raises(InvalidRecipe, match=r"sampler\.id"):
            painting.show(GREY)


def test_whoever_shows_a_canvas_hears_why_the_painting_ended(studio):
    with studio.paint("moss", sampler="no-such") as painting:
        painting.show(GREY)
        with pytest.raises(InvalidRecipe, match=r"sampler\.id"):
            painting.settle()
        with pytest.raises(InvalidRecipe, match=r"sampler\.id"):
            painting.show(GREY)


def test_a_canvas_that_is_no_picture_is_named(studio):
    with studio.paint("moss") as painting, pytest.raises(InvalidRecipe, match=r"init.*got 5, expected a picture"):
        painting.show(5)


def test_a_painting_that_was_closed_takes_nothing_and_iterates_to_its_end(studio):
    painting = studio.paint("moss")
    painting.close()

    assert list(painting) == []
    with pytest.raises(DaemonUnavailable, match="closed"):
        painting.show(GREY)


def test_the_easel_sends_only_what_has_changed_and_never_forgets_what_waits():
    easel = Easel("moss", {"steps": 2}, 2**20)
    easel.show(GREY, {"mask": GREY.convert("L")})
    easel.show(Image.new("RGB", (64, 64)), {})
    opened = easel.take()
    easel.show(None, {"prompt": "sand"})
    changed = easel.take()
    easel.show(GREY, {})
    stroke = easel.take()

    assert (opened.frame, opened.recipe.init, opened.recipe.mask) == (2, "@init", "@mask")
    assert {picture.name: picture.WhichOneof("data") for picture in opened.pictures} == {"init": "rgb", "mask": "gray"}
    assert (changed.frame, changed.recipe.prompt, list(changed.pictures)) == (3, "sand", [])
    assert (stroke.frame, stroke.HasField("recipe"), len(stroke.pictures)) == (4, False, 1)
    assert easel.take() is None


@pytest.mark.parametrize(
    ("source", "form"),
    [
        (Pixels(width_px=1, height_px=1, data=b"abc"), "rgb"),
        (Pixels(width_px=1, height_px=1, data=b"a0b0c0d0", mode="RGBA", bits=16), "rgba"),
        (Image.new("P", (1, 1)), "rgba"),
        (Image.new("1", (1, 1)), "gray"),
        (Image.new("CMYK", (1, 1)), "rgb"),
        (b"whatever", "file"),
    ],
)
def test_a_canvas_may_come_in_any_form(source, form):
    easel = Easel("moss", {}, 2**20)
    easel.show(source, {})

    assert easel.take().pictures[0].WhichOneof("data") == form


def test_a_canvas_that_is_too_large_is_refused_before_it_is_sent_and_changes_nothing(tmp_path):
    easel = Easel("moss", {"init": GREY}, 20_000)
    large = tmp_path / "large.png"
    large.write_bytes(bytes(30_000))
    with pytest.raises(InvalidRecipe, match="at most 20000"):
        easel.show(Image.new("RGB", (128, 128)), {})
    with pytest.raises(ImageRefused, match="at most 20000"):
        easel.show(large, {})
    opened = easel.take()

    assert easel.frame == opened.frame == 0
    assert opened.pictures[0].width_px == 64
