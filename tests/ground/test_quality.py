"""The shipped weights draw what they are asked for: a small sample of what `sfumato.ground.evaluate` measures."""

from __future__ import annotations

import json

import pytest

from sfumato.ground import weights_path
from sfumato.ground.evaluate import prompt_accuracy, seams, vae_quality
from sfumato.ground.figures import BENCHMARKS
from sfumato.ground.judge import Judge, measure, rendered
from sfumato.ground.sampling import Model


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load(weights_path())


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge.load()


def test_the_judge_knows_renders_that_it_never_saw(judge: Judge) -> None:
    accuracy = measure(judge, *rendered(66, seed=5))

    assert accuracy["material"] >= 0.9
    assert accuracy["main_colour"] >= 0.9


def test_small_pictures_of_held_out_prompts_show_material_and_colour(model: Model, judge: Judge) -> None:
    right = prompt_accuracy(model, judge, 32, size_px=128)

    assert right["material"] >= 0.75
    assert right["main_colour"] >= 0.85


def test_the_vae_restores_renders_at_the_median_over_materials(model: Model) -> None:
    assert vae_quality(model, pictures_per_material=1)["median_over_materials_psnr_db"] >= 26


def test_tileable_pictures_keep_within_the_seam_figure_at_the_median(model: Model) -> None:
    measured = seams(model, 4)

    assert max(measured["x"]["median"], measured["y"]["median"]) <= 1.15


def test_the_figures_of_the_shipped_weights_keep_the_promises() -> None:
    figures = json.loads((BENCHMARKS / "ground_quality.json").read_text())

    assert figures["held_out_prompts"]["prompts"] >= 500
    assert figures["held_out_prompts"]["material"] >= 0.90
    assert figures["held_out_prompts"]["main_colour"] >= 0.95
    assert figures["vae"]["median_over_materials_psnr_db"] >= 26
    assert max(figures["seam"]["x"]["median"], figures["seam"]["y"]["median"]) <= 1.15
