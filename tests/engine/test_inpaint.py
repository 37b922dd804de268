"""Image-to-image, inpainting and outpainting: what stays, stays byte for byte; what came wrong is named."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from sfumato.engine.events import Checkpointed, ImageReady
from sfumato.engine.inpainting import Canvas, KnownLatents, mask_for_latents, mask_for_network
from sfumato.engine.inputs import steps_to_run
from sfumato.errors import ImageRefused, InvalidRecipe
from sfumato.images import Pixels
from sfumato.recipe import Margins
from tests.engine.gaussian import CARD, Gaussian, Studio, recipe

SIZE_PX = 64
PICTURE = np.random.default_rng(0).integers(0, 256, (SIZE_PX, SIZE_PX, 3), np.uint8)


def png(array: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(array).save(out, "PNG")
    return out.getvalue()


def half_mask() -> np.ndarray:
    mask = np.zeros((SIZE_PX, SIZE_PX), np.uint8)
    mask[:, 32:] = 255
    return mask


def feathered_mask() -> np.ndarray:
    ramp = np.clip((np.arange(SIZE_PX) - 16) * 8, 0, 255).astype(np.uint8)
    return np.tile(ramp, (SIZE_PX, 1))


def array_of(pixels: Pixels) -> np.ndarray:
    return np.frombuffer(pixels.data, np.uint8).reshape(pixels.height_px, pixels.width_px, 3)


def paint(plain, **pictures: np.ndarray) -> np.ndarray:
    """The one picture of a recipe with these assets."""
    return array_of(Studio().pictures(plain, assets={name: png(array) for name, array in pictures.items()})[0])


@pytest.mark.parametrize("strength", [0.5, 1.0])
@pytest.mark.parametrize("sampler", ["sfumato.euler", "sfumato.dpmpp-sde", "sfumato.unipc"])
@pytest.mark.parametrize("mask", [half_mask(), feathered_mask()], ids=["hard", "feathered"])
def test_outside_the_mask_not_one_byte_changes(mask, sampler, strength):
    plain = recipe(sampler=sampler, init="init", mask="mask", strength=strength)
    painted = paint(plain, init=PICTURE, mask=mask)

    assert (painted[mask == 0] == PICTURE[mask == 0]).all()
    assert (painted[mask == 255] != PICTURE[mask == 255]).mean() > 0.5


def test_an_edge_that_is_feathered_melts():
    mask = feathered_mask()
    canvas = Canvas(picture=np.full((SIZE_PX, SIZE_PX, 3), 200, np.uint8), mask=mask)
    mixed = canvas.composite(np.full((SIZE_PX, SIZE_PX, 3), 100, np.uint8))[0, :, 0].astype(int)

    assert mixed[0] == 200
    assert mixed[-1] == 100
    assert (np.diff(mixed) <= 0).all()
    assert (np.diff(mixed) >= -4).all()


def test_every_share_of_the_mask_mixes_to_the_nearest_byte():
    shares = np.arange(256, dtype=np.uint8)[None]
    ours, theirs = np.full((1, 256, 3), 17, np.uint8), np.full((1, 256, 3), 251, np.uint8)
    mixed = Canvas(picture=ours, mask=shares).composite(theirs)[0, :, 0]

    assert (mixed == np.rint(17 + (251 - 17) * np.arange(256) / 255)).all()


def test_a_black_mask_gives_the_picture_back_and_a_white_one_is_a_new_picture():
    plain = recipe(init="init", mask="mask")
    black, white = np.zeros((64, 64), np.uint8), np.full((64, 64), 255, np.uint8)

    assert (paint(plain, init=PICTURE, mask=black) == PICTURE).all()
    assert (paint(plain, init=PICTURE, mask=white) == array_of(Studio().pictures(recipe())[0])).all()


def test_the_strength_is_the_share_of_the_steps_that_run():
    def evaluations(strength):
        studio = Studio()
        studio.pictures(recipe(steps=10, init="init", strength=strength), assets={"init": png(PICTURE)})
        return len(studio.family.called)

    assert [evaluations(strength) for strength in (0.1, 0.25, 0.5, 0.99, 1.0)] == [1, 2, 5, 9, 10]


def test_the_weaker_the_strength_the_closer_the_picture():
    plain = recipe(steps=10, init="init")
    smooth = np.kron(PICTURE[::8, ::8], np.ones((8, 8, 1), np.uint8))
    distances = [
        np.abs(paint(replace(plain, strength=strength), init=smooth).astype(int) - smooth).mean()
        for strength in (0.1, 0.4, 0.7, 1.0)
    ]

    assert distances == sorted(distances)
    assert distances[0] < distances[-1] / 2


def test_a_strength_that_runs_no_step_is_refused():
    with pytest.raises(InvalidRecipe) as caught:
        Studio().engine.generate(recipe(steps=4, init="init", strength=0.2), {"init": png(PICTURE)})

    assert caught.value.violations[0].field == "strength"
    assert "expected 0.25 or more" in str(caught.value)


def test_the_strength_that_a_refusal_names_runs_a_step():
    for steps in range(1, 1001):
        with pytest.raises(InvalidRecipe) as caught:
            steps_to_run(recipe(steps=steps, init="init", strength=0.0))
        named = float(str(caught.value).rsplit(" ", 3)[-3])
        assert steps_to_run(recipe(steps=steps, init="init", strength=named)) >= 1


def test_outpainting_keeps_the_picture_and_paints_the_margins():
    margins = Margins(left_px=16, top_px=8, right_px=0, bottom_px=24)
    plain = recipe(width_px=80, height_px=96, init="init", outpaint=margins)
    painted = paint(plain, init=PICTURE)

    assert painted.shape == (96, 80, 3)
    assert (painted[8:72, 16:] == PICTURE).all()
    mirrored = Canvas(picture=PICTURE).grown(margins).picture
    assert (painted[:8] != mirrored[:8]).mean() > 0.5


def test_outpainting_may_repaint_a_part_of_the_picture_too():
    plain = recipe(width_px=80, init="init", mask="mask", outpaint=Margins(left_px=16))
    painted = paint(plain, init=PICTURE, mask=half_mask())

    assert (painted[:, 16:48] == PICTURE[:, :32]).all()
    assert (painted[:, 48:] != PICTURE[:, 32:]).mean() > 0.5


def test_a_margin_wider_than_the_picture_is_filled_from_it():
    grown = Canvas(picture=PICTURE).grown(Margins(right_px=3 * SIZE_PX))

    assert grown.picture.shape == (64, 256, 3)
    assert (grown.picture[:, 64:128] == PICTURE[:, ::-1]).all()
    assert (grown.mask == np.repeat([0, 255], [64, 192])).all()


@pytest.mark.parametrize(
    ("changes", "pictures", "field", "said"),
    [
        ({"init": "init"}, {"init": PICTURE[:32]}, "init", "got a picture of 64x32, expected 64x64"),
        ({"init": "init", "mask": "mask"}, {"init": PICTURE, "mask": half_mask()[:, :8]}, "mask", "picture of 8x64"),
        ({"init": "init", "width_px": 80, "outpaint": Margins(left_px=8)}, {"init": PICTURE}, "init", "expected 72x64"),
        ({"init": "lost"}, {"init": PICTURE}, "init", "no such asset"),
    ],
)  # fmt: skip
def test_pictures_that_do_not_fit_are_named(changes, pictures, field, said):
    assets = {name: png(array) for name, array in pictures.items()}
    with pytest.raises(InvalidRecipe) as caught:
        Studio().engine.generate(recipe(**changes), assets)

    assert caught.value.violations[0].field == field
    assert said in caught.value.violations[0].description


def test_bytes_that_are_no_picture_are_refused_before_anything_is_loaded():
    studio = Studio()
    with pytest.raises(ImageRefused):
        studio.engine.generate(recipe(model="missing", init="init"), {"init": b"GIF89a"})


def test_transparent_pixels_are_white_paper():
    clear = np.zeros((SIZE_PX, SIZE_PX, 4), np.uint8)
    clear[:, :32] = (200, 100, 50, 255)
    black_mask = np.zeros((SIZE_PX, SIZE_PX), np.uint8)
    kept = paint(recipe(init="init", mask="mask"), init=clear, mask=black_mask)

    assert (kept[:, :32] == (200, 100, 50)).all()
    assert (kept[:, 32:] == 255).all()


def test_a_picture_is_encoded_once_for_all_jobs_that_use_it_alike():
    studio, assets = Studio(), {"init": png(PICTURE), "mask": png(half_mask())}
    for seed in (1, 2):
        studio.pictures(recipe(seed=seed, init="init", strength=0.5), assets=assets)
        studio.pictures(recipe(seed=seed, init="init", mask="mask"), assets=assets)
    assert studio.family.encoded == 1

    studio.pictures(recipe(init="init", tile="x"), assets=assets)
    assert studio.family.encoded == 2
    studio.pictures(recipe(init="init", width_px=72, outpaint=Margins(left_px=8)), assets=assets)
    assert studio.family.encoded == 3


def test_tiling_reaches_network_and_vae():
    studio = Studio()
    tiles = []
    encode, decode = studio.family.encode_image, studio.family.decode_latents
    studio.family.encode_image = lambda pixels, tile: (tiles.append(tile), encode(pixels, tile))[1]
    studio.family.decode_latents = lambda latents, tile: (tiles.append(tile), decode(latents, tile))[1]
    studio.pictures(recipe(init="init", tile="xy"), assets={"init": png(PICTURE)})

    assert tiles == ["xy", "xy"]
    assert {call.tile for calls in studio.family.called for call in calls} == {"xy"}


def shown(plain, **pictures: np.ndarray) -> torch.Tensor:
    """What a network that takes mask and masked picture is shown beside the latents."""
    studio = Studio(card=replace(CARD, takes_inpaint_channels=True))
    studio.pictures(plain, assets={name: png(array) for name, array in pictures.items()})
    return studio.family.called[0][0].channels


def test_a_network_that_sees_masks_is_shown_mask_and_hidden_picture():
    channels = shown(recipe(init="init", mask="mask"), init=PICTURE, mask=half_mask())

    assert channels.shape == (1, 5, 8, 8)
    assert torch.equal(channels[0, 0], torch.tensor([0.0] * 4 + [1.0] * 4).expand(8, 8))
    assert (channels[0, 1:, :, 4:] == 0).all()
    assert (channels[0, 1:, :, :4] != 0).all()


@pytest.mark.parametrize("changes", [{}, {"init": "init", "strength": 0.5}], ids=["text", "image"])
def test_a_network_that_sees_masks_paints_everything_where_there_is_none(changes):
    channels = shown(recipe(**changes), init=PICTURE)

    assert (channels[0, 0] == 1).all()
    assert (channels[0, 1:] == 0).all()


def test_a_stroke_thinner_than_a_latent_is_repainted():
    mask = np.zeros((64, 64), np.uint8)
    mask[:, 35:38] = 255

    assert mask_for_latents(mask, 8, 8)[0, 0, 0].tolist() == [0, 0, 0, 0, 1, 0, 0, 0]
    assert (mask_for_network(mask, 8, 8) == 0).all()


def test_a_soft_mask_gives_each_latent_a_strength_of_its_own():
    latents, noise = torch.ones(1, 4, 1, 4), torch.full((1, 4, 1, 4), 2.0)
    known = KnownLatents(latents=latents, mask=torch.tensor([0, 0.25, 0.5, 1]).expand(1, 1, 1, 4), noise=noise)
    x = torch.full((1, 4, 1, 4), 9.0)

    def pinned(progress):
        return known.pinned(x, 3.0, progress)[0, 0, 0].tolist()

    assert pinned(0.0) == [7.0, 7.0, 7.0, 9.0]
    assert pinned(0.5) == [7.0, 7.0, 9.0, 9.0]
    assert pinned(0.75) == pinned(1.0) == [7.0, 9.0, 9.0, 9.0]
    assert known.restored(x, 0.5)[0, 0, 0].tolist() == [1.0, 1.0, 9.0, 9.0]


def test_the_known_part_of_the_latents_arrives_as_it_was():
    kept = []
    studio = Studio()
    decode = studio.family.decode_latents
    studio.family.decode_latents = lambda latents, tile: (kept.append(latents), decode(latents, tile))[1]
    plain = recipe(sampler="sfumato.dpmpp-sde", init="init", mask="mask")
    studio.pictures(plain, assets={"init": png(PICTURE), "mask": png(half_mask())})
    pixels = torch.from_numpy(PICTURE / 127.5 - 1).float().permute(2, 0, 1)[None]
    (work := Gaussian().encode_image(pixels, "")).send(None)
    with pytest.raises(StopIteration) as done:
        next(work)

    assert torch.allclose(kept[0][..., :4], done.value.value[..., :4], atol=1e-6)


def test_a_killed_inpainting_job_goes_on_to_the_same_bytes():
    assets = {"init": png(PICTURE), "mask": png(feathered_mask())}
    plain = recipe(sampler="sfumato.dpmpp-2m-sde", init="init", mask="mask", strength=0.75, steps=8)
    whole = Studio(checkpoint_every_s=0)
    events = whole.run(plain, assets=assets)
    expected = [event.pixels for event in events if isinstance(event, ImageReady)]
    saved = {event.data for event in events if isinstance(event, Checkpointed)}

    assert len(saved) == 6
    for data in saved:
        assert Studio().pictures(plain, assets=assets, checkpoint=data) == expected
