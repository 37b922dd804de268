"""What the guiders make of given predictions."""

from __future__ import annotations

import pytest
import torch

import sfumato.plugin as sf
from sfumato.builtin.guiders import CFG
from sfumato.testing.driving import defaults, draws
from sfumato_guidance import GUIDERS, PAG, SLG, CFGZero, DynamicThresholding

SIGMA = 2.5
DRAW = draws(0, (1, 4, 8, 8))
X, POSITIVE, NEGATIVE, PERTURBED = DRAW() * 3, DRAW(), DRAW() + 0.2, DRAW()
BOTH = {"positive": POSITIVE, "negative": NEGATIVE}
LAYERS = {"down.0.attn1": "self-attention", "mid.attn1": "self-attention", "mid.resnets.0": "block"}


def made(kind, prediction_type="epsilon", **params):
    guider = defaults(kind, **params)
    guider.model = sf.ModelSigmas(sigmas=(0.03, 14.6), prediction_type=prediction_type, architecture="sd1")
    guider.layers = LAYERS
    return guider


def guide(guider, denoised=BOTH):
    return guider.combine(denoised, X, SIGMA, {})


def names(guider, step=0, steps=10):
    return [branch.name for branch in guider.branches(SIGMA, step, steps)]


def shares(prediction_type, sigma=SIGMA):
    """(a, b) of D = a x + b p, for a network's prediction p."""
    alpha = (1 + sigma**2) ** -0.5
    return {
        "epsilon": (1.0, -sigma),
        "v_prediction": (alpha**2, -sigma * alpha),
        "flow": (1 / (1 + sigma), -sigma / (1 + sigma)),
    }[prediction_type]


@pytest.mark.parametrize("kind", GUIDERS, ids=lambda kind: kind.id)
@pytest.mark.parametrize("prediction_type", ["epsilon", "v_prediction", "flow"])
def test_neutral_strength_is_the_positive_prediction_for_one_network_call(kind, prediction_type):
    guider = made(kind, prediction_type, **kind.neutral)

    for step in range(10):
        assert names(guider, step) == ["positive"]
    assert torch.equal(guide(guider, {"positive": POSITIVE}), POSITIVE)


@pytest.mark.parametrize("kind", [PAG, SLG])
def test_without_strength_it_is_ordinary_guidance(kind):
    guider = made(kind, strength=0.0)

    assert names(guider) == ["positive", "negative"]
    assert torch.equal(guide(guider), guide(made(CFG)))


@pytest.mark.parametrize("kind", [PAG, SLG])
def test_the_perturbed_branch_pushes_away_from_itself(kind):
    guider = made(kind, scale=4.0, strength=2.0)
    found = guide(guider, BOTH | {"perturbed": PERTURBED})
    expected = NEGATIVE + 4 * (POSITIVE - NEGATIVE) + 2 * (POSITIVE - PERTURBED)

    assert names(guider) == ["positive", "negative", "perturbed"]
    assert torch.allclose(found, expected, atol=1e-5)


def test_perturbation_alone_needs_two_branches():
    assert names(made(PAG, scale=1.0)) == ["positive", "perturbed"]


def test_the_perturbed_branch_is_there_in_its_steps_only():
    guider = made(SLG, start=0.2, end=0.5)
    assert [step for step in range(10) if "perturbed" in names(guider, step)] == [2, 3, 4]


@pytest.mark.parametrize(
    ("kind", "layers", "expected"),
    [
        (PAG, "mid", ["mid.attn1"]),
        (PAG, "all", ["down.0.attn1", "mid.attn1"]),
        (SLG, "mid", ["mid.resnets.0"]),
    ],
)
def test_layers_of_its_kind_and_part_are_wrapped(kind, layers, expected):
    branch = made(kind, layers=layers).branches(SIGMA, 0, 10)[-1]
    assert list(branch.wraps) == expected


def test_every_step_asks_for_the_same_wraps_so_that_calls_can_share_a_batch():
    guider, other = made(PAG), made(PAG)
    wraps = [dict(each.branches(SIGMA, step, 10)[-1].wraps) for each in (guider, other) for step in (0, 5)]
    assert all(each == wraps[0] for each in wraps)


def test_a_part_without_such_layers_is_told_with_those_that_have_some():
    with pytest.raises(ValueError, match=r"layers: got 'up', expected .* self-attention layers, such as mid or down"):
        made(PAG, layers="up").branches(SIGMA, 0, 10)


@pytest.mark.parametrize(
    ("kind", "layers", "said"),
    [
        (PAG, {"mid.resnets.0": "block"}, r"guidance\.pag.*self-attention.*sd1: block.*take guidance\.slg"),
        (SLG, {"mid.attn1": "self-attention"}, r"guidance\.slg.*block.*self-attention.*take guidance\.pag"),
        (PAG, {}, r"nothing that can be wrapped"),
    ],
)
def test_a_network_without_such_layers_is_refused(kind, layers, said):
    guider = made(kind)
    guider.layers = layers
    with pytest.raises(ValueError, match=said):
        guider.branches(SIGMA, 0, 10)


@pytest.mark.parametrize("prediction_type", ["epsilon", "v_prediction", "flow"])
def test_cfg_zero_is_the_papers_formula_on_what_the_network_predicts(prediction_type):
    a, b = shares(prediction_type)
    positive, negative = ((D - a * X) / b for D in (POSITIVE, NEGATIVE))
    fit = (positive * negative).sum() / negative.square().sum()
    predicted = fit * negative + 5.0 * (positive - fit * negative)
    found = guide(made(CFGZero, prediction_type, scale=5.0))

    assert torch.allclose(found, a * X + b * predicted, atol=1e-4)
    assert not torch.allclose(found, guide(made(CFG, scale=5.0)), atol=1e-2)


@pytest.mark.parametrize("prediction_type", ["v_prediction", "flow"])
def test_a_zero_step_asks_nothing_and_is_a_prediction_of_zero(prediction_type):
    guider = made(CFGZero, prediction_type, zero_steps=2)

    assert [names(guider, step) for step in (0, 1, 2)] == [[], [], ["positive", "negative"]]
    a, _ = shares(prediction_type)
    assert torch.allclose(guide(guider, {}), a * X)


def test_noise_is_never_predicted_to_be_zero():
    assert names(made(CFGZero, "epsilon", zero_steps=5)) == ["positive", "negative"]


def test_steps_that_are_all_zero_would_draw_nothing():
    assert names(made(CFGZero, "flow", zero_steps=5), steps=5) == ["positive", "negative"]


def test_an_unknown_prediction_type_is_named():
    with pytest.raises(ValueError, match="prediction type 'dreams', expected epsilon"):
        guide(made(CFGZero, "dreams"))


def reach(prediction, percentile=99.5):
    away = prediction - prediction.mean((2, 3), keepdim=True)
    return away.abs().flatten(2).quantile(percentile / 100, dim=2)


def test_thresholding_keeps_the_range_of_the_mimicked_scale():
    guided, mimicked = (guide(made(CFG, scale=scale)) for scale in (20.0, 5.0))
    found = guide(made(DynamicThresholding, scale=20.0, mimic_scale=5.0))

    assert (reach(guided) > 2 * reach(mimicked)).all()
    assert torch.allclose(reach(found, 100), reach(mimicked), rtol=0.05)
    # Means and directions are those of the higher scale.
    centred = [each - each.mean((2, 3), keepdim=True) for each in (found, guided)]
    assert torch.nn.functional.cosine_similarity(*(each.flatten(2) for each in centred), dim=2).min() > 0.99


def test_thresholding_within_a_limit():
    found = guide(made(DynamicThresholding, scale=20.0, method="imagen", limit=2.0))
    assert (found - guide(made(CFG, scale=20.0)).mean((2, 3), keepdim=True)).abs().max() <= 2.0 + 1e-5


@pytest.mark.parametrize("params", [{"mimic_scale": 4.0}, {"mimic_scale": 30.0}, {"method": "imagen", "limit": 100.0}])
def test_a_range_that_is_small_enough_is_left_alone(params):
    found = guide(made(DynamicThresholding, scale=4.0, **params))
    assert torch.equal(found, guide(made(CFG, scale=4.0)))


@pytest.mark.parametrize("kind", GUIDERS, ids=lambda kind: kind.id)
def test_inputs_are_not_mutated_and_agreeing_predictions_are_finite(kind):
    same = {name: POSITIVE.clone() for name in ("positive", "negative", "perturbed")}
    found = guide(made(kind), same)

    assert all(torch.equal(each, POSITIVE) for each in same.values())
    assert found.isfinite().all()
    zeros = {name: torch.zeros_like(X) for name in same}
    assert made(kind).combine(zeros, X * 0, SIGMA, {}).isfinite().all()
