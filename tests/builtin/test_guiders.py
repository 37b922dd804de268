"""Guiders: neutral strengths are the identity, and others are what diffusers and the papers compute."""

import pytest
import torch
from diffusers.guiders.adaptive_projected_guidance import MomentumBuffer, normalized_guidance
from diffusers.guiders.guider_utils import rescale_noise_cfg

import sfumato.plugin as sf
from sfumato.builtin.guiders import APG, CFG, GUIDERS, CFGInterval, CFGRescale
from sfumato.testing.driving import defaults, draws

SIGMA = 2.5
DRAW = draws(0, (1, 4, 8, 8))
X, POSITIVE, NEGATIVE = DRAW() * 3, DRAW(), DRAW() + 0.2
BOTH = {"positive": POSITIVE, "negative": NEGATIVE}


def guide(guider, denoised=BOTH, state=None, *, prediction_type="epsilon"):
    guider.model = sf.ModelSigmas(sigmas=(0.03, 14.6), prediction_type=prediction_type)
    return guider.combine(denoised, X, SIGMA, {} if state is None else state)


def close(found, expected, tolerance=1e-5):
    return (found - expected).abs().max().item() < tolerance


def predict(denoised, prediction_type):
    """What a network of this kind would have returned for this denoised prediction."""
    eps, alpha = (X - denoised) / SIGMA, (1 + SIGMA**2) ** -0.5
    velocities = {"epsilon": eps, "v_prediction": alpha * eps - SIGMA * alpha * denoised, "flow": eps - denoised}
    return velocities[prediction_type]


def denoise(prediction, prediction_type):
    """The inverse of `predict`."""
    alpha = (1 + SIGMA**2) ** -0.5
    inverses = {
        "epsilon": X - SIGMA * prediction,
        "v_prediction": alpha**2 * X - SIGMA * alpha * prediction,
        "flow": (X - SIGMA * prediction) / (1 + SIGMA),
    }
    return inverses[prediction_type]


@pytest.mark.parametrize("guider", GUIDERS, ids=lambda guider: guider.id)
def test_scale_1_asks_for_one_branch_and_returns_it(guider):
    neutral = defaults(guider, scale=1.0)
    branches = neutral.branches(SIGMA, 0, 20)

    assert [branch.prompt for branch in branches] == ["positive"]
    assert torch.equal(guide(neutral, {branches[0].name: POSITIVE}), POSITIVE)


@pytest.mark.parametrize("guider", GUIDERS, ids=lambda guider: guider.id)
def test_other_scales_ask_for_both_prompts(guider):
    assert [branch.prompt for branch in guider().branches(SIGMA, 0, 20)] == ["positive", "negative"]


@pytest.mark.parametrize("guider", GUIDERS, ids=lambda guider: guider.id)
def test_predictions_that_agree_are_left_as_they_are(guider):
    found = guide(guider(), {"positive": POSITIVE, "negative": POSITIVE.clone()})
    assert close(found, POSITIVE)


@pytest.mark.parametrize("guider", GUIDERS, ids=lambda guider: guider.id)
def test_inputs_are_not_mutated(guider):
    inputs = {name: tensor.clone() for name, tensor in BOTH.items()}
    state = {}
    for _ in range(3):
        guide(guider(), inputs, state)
    assert torch.equal(inputs["positive"], POSITIVE)
    assert torch.equal(inputs["negative"], NEGATIVE)


@pytest.mark.parametrize("prediction_type", ["epsilon", "v_prediction", "flow"])
@pytest.mark.parametrize("scale", [0.0, 0.5, 3.0, 7.5, 20.0])
def test_cfg_in_denoised_space_is_cfg_of_the_networks_prediction(scale, prediction_type):
    positive, negative = predict(POSITIVE, prediction_type), predict(NEGATIVE, prediction_type)
    expected = denoise(negative + scale * (positive - negative), prediction_type)

    assert close(guide(defaults(CFG, scale=scale)), expected, 1e-5 * max(scale, 1))


@pytest.mark.parametrize("prediction_type", ["epsilon", "v_prediction", "flow"])
@pytest.mark.parametrize("phi", [0.0, 0.3, 0.7, 1.0])
def test_cfg_rescale_is_diffusers_rescale_noise_cfg(phi, prediction_type):
    positive, negative = predict(POSITIVE, prediction_type), predict(NEGATIVE, prediction_type)
    rescaled = rescale_noise_cfg(negative + 7.5 * (positive - negative), positive, phi)
    found = guide(defaults(CFGRescale, scale=7.5, phi=phi), prediction_type=prediction_type)

    assert close(found, denoise(rescaled, prediction_type), 2e-5)


def test_cfg_rescale_names_a_prediction_type_that_it_does_not_know():
    with pytest.raises(ValueError, match="'sample', expected epsilon, v_prediction or flow"):
        guide(CFGRescale(), prediction_type="sample")


def test_full_rescale_gives_the_guided_prediction_the_spread_of_the_positive_one():
    found = guide(defaults(CFGRescale, phi=1.0), prediction_type="v_prediction")
    spread = predict(found, "v_prediction").std()
    assert spread.item() == pytest.approx(predict(POSITIVE, "v_prediction").std().item(), rel=1e-5)


@pytest.mark.parametrize(
    ("sigma", "count"), [(14.0, 1), (5.43, 1), (5.42, 2), (1.0, 2), (0.281, 2), (0.28, 1), (0.1, 1)]
)
def test_cfg_interval_guides_within_its_interval_only(sigma, count):
    assert len(CFGInterval().branches(sigma, 3, 20)) == count


def test_cfg_interval_is_cfg_inside():
    assert torch.equal(guide(defaults(CFGInterval, scale=4.0)), guide(defaults(CFG, scale=4.0)))


def test_apg_without_its_parts_is_cfg():
    plain = defaults(APG, scale=6.0, eta=1.0, norm_threshold=0.0, momentum=0.0)
    assert close(guide(plain), guide(defaults(CFG, scale=6.0)), 2e-5)


@pytest.mark.parametrize("eta", [0.0, 0.4])
@pytest.mark.parametrize("norm_threshold", [0.0, 2.5, 1000.0])
@pytest.mark.parametrize("momentum", [0.0, -0.5])
def test_apg_is_diffusers_normalized_guidance_over_several_steps(momentum, norm_threshold, eta):
    guider = defaults(APG, scale=6.0, eta=eta, norm_threshold=norm_threshold, momentum=momentum)
    buffer, state, draw = MomentumBuffer(momentum), {}, draws(3, X.shape)
    for _ in range(4):
        positive, negative = draw(), draw()
        expected = normalized_guidance(positive, negative, 5.0, buffer, eta, norm_threshold, True)
        assert close(guide(guider, {"positive": positive, "negative": negative}, state), expected, 5e-5)


def test_apg_keeps_its_momentum_in_the_state():
    state = {}
    first = guide(APG(), state=state)
    assert not torch.equal(guide(APG(), state=state), first)
    assert torch.equal(guide(APG(), state={}), first)


def test_every_guider_calls_its_strength_scale():
    assert all("scale" in guider.Params.model_fields for guider in GUIDERS)
