"""Every schedule: falling, of the right length, within the model's range, 0 at the end; and what each one claims."""

import itertools

import diffusers
import numpy as np
import pytest

import sfumato.plugin as sf
from sfumato.builtin.schedules import AYS, SCHEDULES, Beta, Exponential, Karras, ModelDefault, SGMUniform, Simple
from sfumato.testing.driving import defaults

# diffusers makes arrays of tensors in a way that numpy 2 means to drop.
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:__array_wrap__ must:DeprecationWarning"),
]

TRAINED = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
SPACINGS = ("leading", "linspace", "trailing")


def stable_diffusion(**changes):
    """The training levels of Stable Diffusion."""
    betas = np.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2
    alphas = np.cumprod(1 - betas)
    levels = tuple(np.sqrt((1 - alphas) / alphas).tolist())
    return sf.ModelSigmas(sigmas=levels, **{"prediction_type": "epsilon", "architecture": "sd1", **changes})


def zero_terminal_snr():
    """The same, its last level raised as diffusers does it for networks trained on pure noise."""
    levels = stable_diffusion().sigmas
    return sf.ModelSigmas(sigmas=(*levels[:-1], 4096.0), prediction_type="v_prediction", timestep_spacing="trailing")


MODELS = {"stable diffusion": stable_diffusion(), "zero terminal snr": zero_terminal_snr()}
EVERY = [
    *(schedule() for schedule in SCHEDULES),
    defaults(ModelDefault, drop_lowest=True),
    defaults(Karras, rho=3.0),
    defaults(Karras, rho=1.0),
    defaults(Karras, rho=100.0),
    *(defaults(Beta, alpha=alpha, beta=beta) for alpha in (0.25, 5.0) for beta in (0.25, 5.0)),
]


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("schedule", EVERY, ids=lambda schedule: f"{schedule.id} {schedule.params}")
def test_a_schedule_falls_within_the_models_range_and_ends_in_0(schedule, model):
    for steps in (*range(1, 51), 333, 1000):
        sigmas = schedule.sigmas(steps, model)

        assert len(sigmas) == steps + 1
        assert sigmas[-1] == 0
        assert all(high > low for high, low in itertools.pairwise(sigmas)), steps
        assert model.sigma_min <= sigmas[-2]
        assert sigmas[0] <= model.sigma_max


@pytest.mark.parametrize("schedule", EVERY, ids=lambda schedule: f"{schedule.id} {schedule.params}")
def test_a_single_step_starts_at_the_highest_level(schedule):
    assert schedule.sigmas(1, stable_diffusion()) == [pytest.approx(14.6146, abs=1e-3), 0]


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("steps", [2, 7, 20, 30, 50])
@pytest.mark.parametrize(
    ("peer", "drop_lowest"),
    [
        (diffusers.EulerDiscreteScheduler, False),
        (diffusers.DPMSolverMultistepScheduler, True),
        (diffusers.UniPCMultistepScheduler, True),
    ],
)
def test_model_default_is_diffusers(peer, drop_lowest, steps, spacing):
    scheduler = peer(**TRAINED, timestep_spacing=spacing, steps_offset=1, final_sigmas_type="zero")
    scheduler.set_timesteps(steps)
    model = stable_diffusion(timestep_spacing=spacing, steps_offset=1)
    found = defaults(ModelDefault, drop_lowest=drop_lowest).sigmas(steps, model)

    assert found == pytest.approx(scheduler.sigmas.tolist(), rel=2e-5)


@pytest.mark.parametrize("steps", [2, 10, 25])
@pytest.mark.parametrize(("ours", "theirs"), [(Karras(), "karras"), (Exponential(), "exponential")])
def test_karras_and_exponential_are_diffusers(ours, theirs, steps):
    config = {f"use_{theirs}_sigmas": True, "final_sigmas_type": "zero"}
    scheduler = diffusers.DPMSolverMultistepScheduler(**TRAINED, **config)
    scheduler.set_timesteps(steps)

    assert ours.sigmas(steps, stable_diffusion()) == pytest.approx(scheduler.sigmas.tolist(), rel=2e-5)


@pytest.mark.parametrize(("architecture", "table"), [("sd1", "StableDiffusion"), ("sdxl", "StableDiffusionXL")])
def test_ays_has_the_published_levels_at_ten_steps(architecture, table):
    from diffusers.schedulers import AysSchedules

    model = stable_diffusion(architecture=architecture)
    assert AYS().sigmas(10, model) == pytest.approx(AysSchedules[f"{table}Sigmas"], rel=1e-2)


def test_ays_interpolates_the_logarithm():
    sigmas = AYS().sigmas(20, stable_diffusion())
    assert sigmas[0:20:2] == pytest.approx(AYS().sigmas(10, stable_diffusion())[:10])
    assert sigmas[1] == pytest.approx((sigmas[0] * sigmas[2]) ** 0.5)


def test_ays_for_an_unknown_architecture_is_stretched_to_its_range():
    model = sf.ModelSigmas(sigmas=(0.002, 1.0, 80.0), prediction_type="epsilon", architecture="something new")
    sigmas = AYS().sigmas(10, model)
    assert sigmas[0] == 80.0
    assert 0.002 < sigmas[9] < sigmas[8]


def test_sgm_uniform_and_simple_pick_even_timesteps():
    model = stable_diffusion()
    assert [round(model.timestep(sigma)) for sigma in SGMUniform().sigmas(4, model)[:-1]] == [999, 749, 500, 250]
    assert [round(model.timestep(sigma)) for sigma in Simple().sigmas(4, model)[:-1]] == [999, 749, 499, 249]


def test_beta_of_1_and_1_is_uniform():
    uniform = defaults(Beta, alpha=1.0, beta=1.0)
    assert uniform.sigmas(20, stable_diffusion()) == pytest.approx(SGMUniform().sigmas(20, stable_diffusion()))


def test_beta_puts_steps_at_both_ends():
    model = stable_diffusion()
    timesteps = [model.timestep(sigma) for sigma in Beta().sigmas(20, model)[:-1]]
    widths = [high - low for high, low in itertools.pairwise(timesteps)]
    assert max(widths) == pytest.approx(max(widths[8:12]))
    assert widths[0] < 0.5 * max(widths)
    assert widths[-1] < 0.5 * max(widths)


@pytest.mark.parametrize("schedule", [ModelDefault(), Simple()], ids=lambda schedule: schedule.id)
def test_more_steps_than_trained_levels_are_refused(schedule):
    with pytest.raises(ValueError, match="1001 steps, but the model was trained on 1000 noise levels"):
        schedule.sigmas(1001, stable_diffusion())


def test_an_unknown_timestep_spacing_is_refused():
    with pytest.raises(ValueError, match="'sideways', expected linspace, leading or trailing"):
        ModelDefault().sigmas(10, stable_diffusion(timestep_spacing="sideways"))
