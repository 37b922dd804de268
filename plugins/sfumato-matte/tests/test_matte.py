"""Cutting out, refining, trimming."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import sfumato.plugin as sf
from sfumato.engine.events import ImageReady
from sfumato.engine.layers import to_file
from sfumato.recipe import Selection
from sfumato.testing.studio import recipe
from sfumato_matte import edges
from sfumato_matte.cut_out import CutOut
from sfumato_matte.refine import Refine
from sfumato_matte.trim import Trim


def run(kind, image, work, **params):
    made = kind(kind.Params(**params)).process(image, work)
    return made if isinstance(made, sf.Image) else made[0]


def overlap(alpha, truth):
    """Intersection over union."""
    return np.minimum(alpha, truth).sum() / np.maximum(alpha, truth).sum()


def test_grab_cut_finds_the_disc(photo, truth, sfumato_work):
    made = run(CutOut, photo, sfumato_work())

    assert made.pixels.shape == (128, 128, 4)
    assert overlap(made.pixels[:, :, 3], truth) > 0.97
    opaque = made.pixels[:, :, 3] == 1
    assert (made.pixels[opaque][:, :3] == photo.pixels[opaque]).all()


def test_the_same_seed_cuts_the_same(photo, sfumato_work):
    first, second = (run(CutOut, photo, sfumato_work()).pixels for _ in range(2))

    assert (first == second).all()


def test_a_hint_says_which_of_two_things_is_meant(photo, sfumato_work):
    two = sf.Image(pixels=np.concatenate([photo.pixels, photo.pixels], axis=1))
    hint = np.zeros((128, 256, 1), np.float32)
    hint[50:90, 170:200] = 1
    made = run(CutOut, two, sfumato_work(images={"hint": sf.Image(pixels=hint)})).pixels[:, :, 3]

    assert made[50:90, 170:200].mean() > 0.95
    assert made[:20].mean() < 0.1


def test_what_was_transparent_stays_transparent(photo, truth, sfumato_work):
    alpha = np.ones_like(truth)
    alpha[:64] = 0
    half = sf.Image(pixels=np.concatenate([photo.pixels, alpha[:, :, None]], axis=2))

    assert (run(CutOut, half, sfumato_work()).pixels[:64, :, 3] == 0).all()


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 200, 3), (33, 71, 4), (700, 40, 1)])
def test_pictures_of_any_form(shape, sfumato_work):
    image = sf.Image(pixels=np.random.default_rng(0).random(shape, np.float32), bits=16)
    for kind in (CutOut, Refine, Trim):
        made = run(kind, image, sfumato_work())
        assert made.pixels.dtype == np.float32
        assert np.isfinite(made.pixels).all()
        assert 0 <= made.pixels.min() <= made.pixels.max() <= 1
        assert made.bits == 16
        assert kind is Trim or made.pixels.shape[:2] == shape[:2]


def test_a_picture_of_one_colour_is_all_object(sfumato_work):
    flat = sf.Image(pixels=np.full((4, 4, 3), 0.5, np.float32))

    assert (run(CutOut, flat, sfumato_work(), border=0.4).pixels[:, :, 3] == 1).all()


def test_the_matte_is_a_layer_where_it_is_wanted(photo, sfumato_work):
    image, matte = CutOut(CutOut.Params(show_matte=True)).process(photo, sfumato_work())

    assert matte.name == "matte"
    assert (matte.pixels[:, :, 0] == image.pixels[:, :, 3]).all()


def test_a_models_classes_are_what_stays(segmenter, photo, sfumato_work):
    """All but the background is the sum of all three, and each is what the model says."""
    parts = [
        run(CutOut, photo, sfumato_work(), model=str(segmenter), subject=name, edge_px=0, clean_colours=False).pixels[
            :, :, 3
        ]
        for name in ("", "cat", "Dog", "tree", "cat, dog")
    ]

    assert 0.02 < parts[0].mean() < 0.98
    np.testing.assert_allclose(parts[0], parts[1] + parts[2] + parts[3], atol=1e-5)
    np.testing.assert_allclose(parts[4], parts[1] + parts[2], atol=1e-5)


@pytest.mark.parametrize(
    ("params", "said"),
    [({"subject": "horse"}, "subject: got 'horse', expected some of the model's classes: background, cat, dog, tree")],
)
def test_a_class_that_the_model_does_not_have(segmenter, photo, sfumato_work, params, said):
    with pytest.raises(ValueError, match=said):
        run(CutOut, photo, sfumato_work(), model=str(segmenter), **params)


def test_a_folder_without_a_model_and_one_with_a_pickle(segmenter, photo, sfumato_work, tmp_path):
    with pytest.raises(ValueError, match=r"no config.json in .*, expected the folder of a segmentation model"):
        run(CutOut, photo, sfumato_work(), model=str(tmp_path))
    for name in ("config.json", "preprocessor_config.json"):
        (tmp_path / name).write_text((segmenter / name).read_text())
    torch.save({}, tmp_path / "pytorch_model.bin")
    with pytest.raises(ValueError, match=r"model: .* cannot be loaded"):
        run(CutOut, photo, sfumato_work(), model=str(tmp_path))


def test_a_rough_edge_is_moved_to_the_pictures(photo, truth, sfumato_work):
    """Of a matte that is six pixels off."""
    rough = np.roll(truth, (4, -4), (0, 1))
    image = sf.Image(pixels=np.concatenate([photo.pixels, rough[:, :, None]], axis=2))
    refined = run(Refine, image, sfumato_work(), radius_px=12).pixels[:, :, 3]
    crisp = run(Refine, image, sfumato_work(), radius_px=12, haze=0.4).pixels[:, :, 3]

    assert np.abs(refined - truth).mean() < np.abs(rough - truth).mean() * 0.8
    assert np.abs(crisp - truth).mean() < np.abs(rough - truth).mean() * 0.5


def test_the_guided_filter_is_that_of_the_paper():
    """Pixel by pixel, with a window of radius 1, far from the borders."""
    random = np.random.default_rng(0)
    rgb, alpha = random.random((9, 9, 3), np.float32), random.random((9, 9), np.float32)
    slopes, offsets = np.zeros((9, 9, 3)), np.zeros((9, 9))
    for row, column in np.ndindex(7, 7):
        window = slice(row, row + 3), slice(column, column + 3)
        guide, matte = rgb[window].reshape(-1, 3).astype(float), alpha[window].reshape(-1).astype(float)
        spread = np.cov(guide.T, bias=True) + 0.1**2 * np.eye(3)
        slope = np.linalg.solve(spread, (guide * matte[:, None]).mean(0) - guide.mean(0) * matte.mean())
        slopes[row + 1, column + 1], offsets[row + 1, column + 1] = slope, matte.mean() - slope @ guide.mean(0)
    middle = 3, 5
    around = slice(middle[0] - 1, middle[0] + 2), slice(middle[1] - 1, middle[1] + 2)
    expected = slopes[around].reshape(-1, 3).mean(0) @ rgb[middle] + offsets[around].mean()

    assert edges.guided(alpha, rgb, 1, 0.1)[middle] == pytest.approx(np.clip(expected, 0, 1), abs=1e-4)


def test_edges_of_a_seamless_picture_are_refined_around_its_borders(photo, truth, sfumato_work):
    image = sf.Image(pixels=np.concatenate([photo.pixels, truth[:, :, None]], axis=2))
    rolled = sf.Image(pixels=np.roll(image.pixels, (60, 70), (0, 1)))
    work = sfumato_work(tile="xy")
    made = [run(Refine, each, work, clean_colours=False).pixels for each in (image, rolled)]

    np.testing.assert_allclose(np.roll(made[0], (60, 70), (0, 1)), made[1], atol=1e-4)


def test_soft_edges_lose_the_backgrounds_colour():
    """A red disc on blue: where they mix, only red is left."""
    rows, columns = np.mgrid[:128, :128]
    alpha = np.clip((40 - np.hypot(rows - 64, columns - 64)) / 8, 0, 1).astype(np.float32)
    red, blue = np.float32([0.9, 0.1, 0.1]), np.float32([0.1, 0.1, 0.9])
    mixed = red * alpha[:, :, None] + blue * (1 - alpha[:, :, None])
    cleaned = edges.clean_colours(mixed, alpha)
    soft = (alpha > 0.2) & (alpha < 1)

    assert np.abs(mixed - red)[soft].mean() > 0.1
    assert np.abs(cleaned - red)[soft].mean() < 0.03
    assert (cleaned[alpha == 1] == mixed[alpha == 1]).all()


def test_growing_and_shrinking(truth):
    assert [int(edges.grown(truth, by)[70].sum().round()) for by in (-3, 0, 3)] == [70, 76, 82]


@pytest.mark.parametrize(("margin_px", "shape"), [(0, (75, 75)), (10, (95, 95)), (100, (275, 275))])
def test_trimming_leaves_the_object_and_its_margin(photo, truth, sfumato_work, margin_px, shape):
    image = sf.Image(pixels=np.concatenate([photo.pixels, (truth > 0.5).astype(np.float32)[:, :, None]], axis=2))
    made = run(Trim, image, sfumato_work(), margin_px=margin_px)
    alpha = made.pixels[:, :, 3]
    inner = made.pixels[margin_px : shape[0] - margin_px, margin_px : shape[1] - margin_px]

    assert alpha.shape == shape
    assert alpha.sum() == (truth > 0.5).sum()
    assert inner[:, :, 3].any(axis=0).all()


def test_trimming_to_a_square(sfumato_work):
    pixels = np.zeros((40, 40, 4), np.float32)
    pixels[3:10, 5:25] = 1
    made = run(Trim, sf.Image(pixels=pixels), sfumato_work(), margin_px=2, square=True).pixels[:, :, 3]

    assert made.shape == (24, 24)
    assert np.flatnonzero(made.any(axis=1)).tolist() == list(range(8, 15))
    assert np.flatnonzero(made.any(axis=0)).tolist() == list(range(2, 22))


def test_what_has_no_opacity_to_work_with_stays(photo, sfumato_work):
    invisible = sf.Image(pixels=np.zeros((8, 8, 4), np.float32))

    assert run(Trim, photo, sfumato_work()) is run(Refine, photo, sfumato_work()) is photo
    assert run(Trim, invisible, sfumato_work()) is invisible


def test_the_engine_cuts_out_and_trims(sfumato_workshop, photo):
    chain = (Selection(id="matte.cut-out", params={"show_matte": True}), Selection(id="matte.trim"))
    plain = recipe(0, init="i", strength=0.0, post_processors=chain)
    events = sfumato_workshop().run(plain, assets={"i": to_file(photo)})
    made = {event.layer: event.pixels for event in events if isinstance(event, ImageReady)}

    assert made[""].mode == "RGBA"
    assert 85 < made[""].width_px < 105
    assert (made["matte"].mode, made["matte"].width_px) == ("L", 128)
