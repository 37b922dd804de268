"""The figures: the usual method is measured fairly, and what is committed belongs to the weights that ship."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sfumato_texture.baseline import angles_deg, best_settings, luminance_gradients, normals_of
from sfumato_texture.evaluate import RESULT, examples, normal_errors
from sfumato_texture.surface import WEIGHTS
from sfumato_texture.training.renders import UNSEEN_MATERIALS

FIGURES = json.loads(RESULT.read_text(encoding="utf-8"))
TRAINED, UNTRAINED = FIGURES["unseen_pictures_of_trained_materials"], FIGURES["materials_never_trained_on"]


def test_the_usual_method_gets_its_best_strength_and_blur():
    """Where light is height, it is exact, once it knows how deep."""
    pictures = [np.random.default_rng(seed).random((36, 36, 1), np.float32).repeat(3, 2) for seed in range(2)]
    truth = normals_of(5.5 * luminance_gradients(pictures, 1.0))

    assert best_settings(pictures, truth) == (1.0, 5.5)


def test_angles_are_in_degrees():
    flat, leaning = normals_of(np.zeros((1, 2, 1, 1))), normals_of(np.array([1.0, 0.0]).reshape(1, 2, 1, 1))

    assert angles_deg(flat, leaning) == pytest.approx(45)
    assert angles_deg(flat, flat) == pytest.approx(0)


def test_the_figures_belong_to_the_weights_that_ship():
    assert FIGURES["weights"]["bytes"] == WEIGHTS.stat().st_size <= 15_000_000
    assert set(UNTRAINED["normals"]["by_material_deg"]) <= set(UNSEEN_MATERIALS)
    assert not set(TRAINED["normals"]["by_material_deg"]) & set(UNSEEN_MATERIALS)


@pytest.mark.parametrize(("split", "figures"), [("held_out", TRAINED), ("unseen", UNTRAINED)])
def test_a_few_pictures_measured_again_come_out_alike(split, figures):
    found = normal_errors(examples(split, 8), (0.0, 2.25))

    assert found["mean_angular_error_deg"] < 0.75 * found["luminance_gradient_deg"]
    assert found["mean_angular_error_deg"] == pytest.approx(figures["normals"]["mean_angular_error_deg"], rel=0.6)


def test_every_map_is_nearer_to_the_truth_than_a_guess():
    for figures in (TRAINED, UNTRAINED):
        maps = figures["maps"]
        assert maps["albedo"]["ours"] < maps["albedo"]["picture_itself"]
        assert maps["height"]["ours"] < maps["height"]["flat"]
        assert maps["ambient-occlusion"]["ours"] < maps["ambient-occlusion"]["mean_of_all"]
    assert TRAINED["maps"]["roughness"]["ours"] < TRAINED["maps"]["roughness"]["mean_of_all"]
