"""What the engine relies on in every sampler: purity, explicit state, noise from its source only, a finite end."""

import inspect
import json

import pytest
import torch

from sfumato.builtin.samplers import SAMPLERS, UniPC
from sfumato.builtin.schedules import Karras
from sfumato.testing.driving import defaults, draws, run, step
from sfumato.testing.mixture import Mixture
from tests.builtin.test_schedules import stable_diffusion

MIXTURE = Mixture()
SHAPE = (1, 4, 8, 8)
SIGMAS = Karras().sigmas(9, stable_diffusion())
EVERY = [
    *(sampler() for sampler in SAMPLERS),
    *(defaults(sampler, s_churn=5.0) for sampler in SAMPLERS if "s_churn" in sampler.Params.model_fields),
    *(defaults(sampler, eta=0.4) for sampler in SAMPLERS if "eta" in sampler.Params.model_fields),
    defaults(UniPC, order="3", variant="bh1"),
]


def named(sampler):
    return f"{sampler.id} {sampler.params.model_dump(exclude_defaults=True) or ''}"


every_sampler = pytest.mark.parametrize("sampler", EVERY, ids=named)


def start():
    return draws(0, SHAPE)() * SIGMAS[0]


def noise_at(index):
    """The noise of one step, as the engine hands it out."""
    return draws(100 + index, SHAPE)


def advance(sampler, x, state, first, last):
    """x after the steps first..last - 1."""
    sampler.steps = len(SIGMAS) - 1
    for index in range(first, last):
        x = step(sampler, MIXTURE.denoise, x, SIGMAS[index], SIGMAS[index + 1], state, noise_at(index))
    return x


@every_sampler
def test_nothing_that_a_sampler_is_given_changes(sampler):
    given, draw = [], draws(1, SHAPE)

    def denoise(x, sigma):
        answer = MIXTURE.denoise(x, sigma)
        given.extend((tensor, tensor.clone()) for tensor in (x, answer))
        return answer

    def noise():
        drawn = draw()
        given.append((drawn, drawn.clone()))
        return drawn

    run(sampler, denoise, start(), SIGMAS, noise)
    assert all(torch.equal(now, before) for now, before in given)


@every_sampler
def test_the_global_generator_is_left_alone(sampler):
    before = torch.get_rng_state()
    run(sampler, MIXTURE.denoise, start(), SIGMAS, draws(1, SHAPE))
    assert torch.equal(torch.get_rng_state(), before)


@every_sampler
@pytest.mark.parametrize("cut", [1, 2, 3, 8])
def test_a_saved_state_goes_on_bit_for_bit(sampler, cut):
    """State goes through JSON and safetensors, into another instance, as after a crash."""
    whole = advance(sampler, start(), {}, 0, 9)
    state = {}
    x = advance(sampler, start(), state, 0, cut)
    again = type(sampler)(sampler.params)

    assert torch.equal(advance(again, x.clone(), reload(state), cut, 9), whole)


def reload(state):
    """The state after a trip through bytes."""
    from safetensors.torch import load, save

    tensors = load(save({name: value for name, value in state.items() if isinstance(value, torch.Tensor)}))
    rest = json.loads(json.dumps({name: value for name, value in state.items() if name not in tensors}))
    return tensors | rest


@every_sampler
def test_the_step_to_0_returns_the_denoised_prediction(sampler):
    x, state = start(), {}
    x = advance(sampler, x, state, 0, 8)
    seen = []

    def denoise(x, sigma):
        seen.append(MIXTURE.denoise(x, sigma))
        return seen[-1]

    found = step(sampler, denoise, x, SIGMAS[8], 0.0, state, noise_at(8))
    assert len(seen) == 1
    assert torch.allclose(found, seen[0], atol=1e-6)


@every_sampler
def test_one_step_is_enough_for_a_finite_result(sampler):
    found = run(sampler, MIXTURE.denoise, start(), [14.6, 0.0], draws(1, SHAPE))
    assert found.isfinite().all()
    assert found.abs().max() < 2


@every_sampler
def test_evaluations_per_step_are_as_announced(sampler):
    asked = []

    def denoise(x, sigma):
        asked.append(sigma)
        return MIXTURE.denoise(x, sigma)

    sampler.steps = 9
    step(sampler, denoise, start(), SIGMAS[0], SIGMAS[1], {}, noise_at(0))
    assert len(asked) == sampler.evaluations_per_step


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: sampler.id)
def test_a_sampler_draws_noise_exactly_if_it_is_stochastic(sampler):
    drawn, draw = [], draws(1, SHAPE)

    def noise():
        drawn.append(draw())
        return drawn[-1]

    run(sampler(), MIXTURE.denoise, start(), SIGMAS, noise)
    assert bool(drawn) == sampler.stochastic


@every_sampler
def test_the_dtype_of_x_is_kept(sampler):
    x = start().double()
    assert run(sampler, MIXTURE.denoise, x, SIGMAS, draws(1, SHAPE, torch.float64)).dtype == torch.float64


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: sampler.id)
def test_a_sampler_names_its_paper(sampler):
    source = inspect.getdoc(sampler)
    assert "arXiv" in source or "k-diffusion" in source
    assert sampler.description.endswith(".")
