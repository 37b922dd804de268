"""Whole sampling functions as samplers: shown on the thirteen of k-diffusion."""

from __future__ import annotations

import functools
import inspect
import itertools
import threading

import pytest
import torch

import sfumato.plugin as sf
from sfumato.builtin.schedules import Karras
from sfumato.parameters import ParameterSpec
from sfumato.plugin._from_noise import Brownian, OnlyFrom
from sfumato.plugin._params import specs_of
from sfumato.testing.convergence import errors, slope
from sfumato.testing.driving import draws, run
from tests.plugin.driving import MIXTURE, SHAPE, advance, every_promise, noise_at, start, whole
from tests.plugin.k_diffusion import FUNCTIONS, sampling

SIGMAS = tuple(Karras().sigmas(9, sf.ModelSigmas(sigmas=(0.03, 14.6), prediction_type="epsilon")))
#: How many steps back each one is seen to remember; None is all of them.
MEMORY = {
    "sample_euler": 0,
    "sample_euler_ancestral": 0,
    "sample_heun": 0,
    "sample_dpm_2": 0,
    "sample_dpm_2_ancestral": 0,
    "sample_lms": 3,
    "sample_dpm_fast": None,
    "sample_dpm_adaptive": None,
    "sample_dpmpp_2s_ancestral": 0,
    "sample_dpmpp_sde": 0,
    "sample_dpmpp_2m": 1,
    "sample_dpmpp_2m_sde": 1,
    "sample_dpmpp_3m_sde": 2,
}
ADAPTED = {
    function.__name__: sf.from_k_diffusion(function, id=f"test.{function.__name__.replace('_', '-')}")
    for function in FUNCTIONS
}
#: Every function at its defaults, and at what changes its course.
WAYS = [
    *((name, {}) for name in ADAPTED),
    *((name, {"s_churn": 4.0}) for name in ("sample_euler", "sample_heun", "sample_dpm_2")),
    *((name, {"eta": 0.3}) for name in ("sample_euler_ancestral", "sample_dpmpp_sde", "sample_dpmpp_3m_sde")),
    ("sample_dpmpp_2m_sde", {"solver_type": "heun"}),
    ("sample_dpm_fast", {"eta": 0.5}),
    ("sample_dpm_adaptive", {"eta": 0.5, "order": 2}),
    ("sample_lms", {"order": 2}),
]
every_way = pytest.mark.parametrize(
    ("name", "params"), WAYS, ids=lambda value: value if isinstance(value, str) else str(value)
)


def make(name, params):
    kind = ADAPTED[name]
    return kind(kind.Params(**params))


def meant(level):
    """The level of the schedule where a function has rounded it."""
    return next((sigma for sigma in SIGMAS if abs(sigma - level) <= 1e-5 * sigma), level)


def original(name, params, draw):
    """The function itself, run from the first level to the last with the same noise."""
    function = getattr(sampling, name)
    takes = inspect.signature(function).parameters
    noise = {"noise_sampler": Brownian(draw)} if "noise_sampler" in takes else {}

    def model(x, sigma):
        return MIXTURE.denoise(x, meant(float(sigma[0])))

    with OnlyFrom(draw):
        if "sigmas" in takes:
            return function(model, start(SIGMAS[0]), torch.tensor(SIGMAS), disable=True, **params, **noise)
        n = {"n": len(SIGMAS) - 2} if "n" in takes else {}
        ends = {"sigma_min": SIGMAS[-2], "sigma_max": SIGMAS[0]}
        x = function(model, start(SIGMAS[0]), **ends, **n, disable=True, **params, **noise)
        return MIXTURE.denoise(x, SIGMAS[-2])


def test_these_are_the_thirteen():
    assert len(FUNCTIONS) == 13
    assert ADAPTED.keys() == MEMORY.keys()


@every_way
def test_it_is_the_function_itself_bit_for_bit(name, params):
    found = run(make(name, params), MIXTURE.denoise, start(SIGMAS[0]), SIGMAS, draws(7, SHAPE))

    assert torch.equal(found, original(name, params, draws(7, SHAPE)))
    assert found.abs().max() < 3


@every_promise
@every_way
def test_it_keeps_what_every_sampler_promises(name, params, promise):
    assert promise(lambda: make(name, params), SIGMAS)


@pytest.mark.parametrize("name", ADAPTED)
def test_only_the_steps_that_count_are_kept(name):
    sampler, state = make(name, {}), {}
    advance(sampler, start(SIGMAS[0]), state, SIGMAS, 0, 6)
    kept = {int(key.partition(".")[0]) for key in state}

    assert kept == (set(range(6)) if MEMORY[name] is None else set(range(6 - MEMORY[name], 6)))
    assert sum(value.numel() for value in state.values()) <= 6 * 8 * 256


@pytest.mark.parametrize("name", ADAPTED)
def test_dropped_at_an_evaluation_nothing_is_left_running(name):
    sampler, state, threads = make(name, {}), {}, set(threading.enumerate())
    x = advance(sampler, start(SIGMAS[0]), state, SIGMAS, 0, 3)
    before = {key: value.clone() for key, value in state.items()}
    walk = sampler.step(x, SIGMAS[3], SIGMAS[4], state, noise_at(3))
    next(walk)
    walk.close()

    assert set(threading.enumerate()) <= threads
    assert state.keys() == before.keys()
    assert all(torch.equal(state[key], before[key]) for key in before)


@pytest.mark.parametrize("name", ADAPTED)
def test_noise_is_drawn_exactly_if_it_has_an_effect(name):
    drawn, draw = [], draws(1, SHAPE)

    def noise():
        drawn.append(draw())
        return drawn[-1]

    run(make(name, {}), MIXTURE.denoise, start(SIGMAS[0]), SIGMAS, noise)
    assert bool(drawn) == ADAPTED[name].stochastic


@pytest.mark.parametrize(
    ("name", "order"), [("sample_euler", 1), ("sample_heun", 2), ("sample_dpm_2", 2), ("sample_dpmpp_2m", 2)]
)
def test_it_converges_like_the_original(name, order):
    assert slope(errors(make(name, {}))) >= order - 0.25


#: Their loops remember a step length that the step to 0 never has: alone, it fails in the original.
NEVER_ALONE = ("sample_dpmpp_2m_sde", "sample_dpmpp_3m_sde")


@pytest.mark.parametrize("name", [name for name in ADAPTED if name not in NEVER_ALONE])
def test_one_step_is_enough_for_a_finite_result(name):
    found = run(make(name, {}), MIXTURE.denoise, start(14.6), (14.6, 0.0), draws(1, SHAPE))
    assert found.isfinite().all()


@pytest.mark.parametrize(("name", "expected"), [("sample_heun", 2), ("sample_dpmpp_2m", 1), ("sample_dpmpp_sde", 2)])
def test_evaluations_per_step_are_counted(name, expected):
    assert ADAPTED[name].evaluations_per_step == expected


def test_parameters_are_read_from_the_signature():
    specs = {spec.id: spec for spec in specs_of(ADAPTED["sample_euler"].Params)}
    assert list(specs) == ["s_churn", "s_tmin", "s_tmax", "s_noise"]
    assert {spec.kind for spec in specs.values()} == {"float"}
    assert (specs["s_noise"].default, specs["s_tmax"].default, specs["s_churn"].minimum) == (1.0, 1e6, 0.0)

    lms, sde = (specs_of(ADAPTED[f"sample_{name}"].Params) for name in ("lms", "dpmpp_2m_sde"))
    assert [(spec.id, spec.kind, spec.default) for spec in lms] == [("order", "int", 4)]
    assert [(spec.id, spec.kind) for spec in sde] == [("eta", "float"), ("s_noise", "float"), ("solver_type", "text")]


def test_a_field_gives_a_parameter_its_choices_and_its_words():
    solver = sf.Field("midpoint", choices={"midpoint": "Midpoint", "heun": "Heun"}, help="Which second order.")
    kind = sf.from_k_diffusion(sampling.sample_dpmpp_2m_sde, id="test.sde", fields={"solver_type": solver})
    spec: ParameterSpec = specs_of(kind.Params)[-1]

    assert (spec.kind, [choice.value for choice in spec.choices]) == ("choice", ["midpoint", "heun"])
    with pytest.raises(ValueError, match="solver_type"):
        kind.Params(solver_type="sideways")


def test_a_field_of_no_parameter_is_refused():
    with pytest.raises(TypeError, match=r"fields has \['speed'\], expected some of \['order'\]"):
        sf.from_k_diffusion(sampling.sample_lms, id="test.lms", fields={"speed": sf.Field(1.0)})


def test_a_partial_goes_by_the_name_of_its_function():
    made = sf.from_k_diffusion(functools.partial(sampling.sample_lms, order=3), id="x.lms")

    assert (made.label, made.__name__, made.Params().order) == ("lms", "sample_lms", 3)


@pytest.mark.parametrize("make", [sf.from_k_diffusion, sf.from_diffusers])
def test_what_has_no_signature_is_named(make):
    with pytest.raises(TypeError, match="got 'DDIMScheduler', expected a function or class whose signature"):
        make("DDIMScheduler", id="x.ddim")


def test_a_function_of_another_kind_is_refused():
    with pytest.raises(TypeError, match=r"get_sigmas_karras\(n, sigma_min.*expected \(model, x, sigmas"):
        sf.from_k_diffusion(sampling.get_sigmas_karras, id="test.karras")


def test_names_come_from_the_function():
    kind = sf.from_k_diffusion(sampling.sample_dpmpp_2m, id="test.plain", order=2)
    assert (kind.id, kind.label, kind.description, kind.order) == ("test.plain", "dpmpp 2m", "DPM-Solver++(2M).", 2)


def noisy_euler(model, x, sigmas, draw):
    for sigma, sigma_next in itertools.pairwise(sigmas):
        denoised = model(x, sigma * x.new_ones(1))
        x = denoised + (x - denoised) * sigma_next / sigma + draw(x) * sigma_next / 10
    return x


@pytest.mark.parametrize(
    "draw", [torch.randn_like, lambda x: torch.randn(x.shape), lambda x: torch.randn(*x.shape, dtype=x.dtype)]
)
def test_what_a_function_draws_from_torch_is_the_images_noise(draw):
    def function(model, x, sigmas):
        return noisy_euler(model, x, sigmas, draw)

    kind = sf.from_k_diffusion(function, id="test.draws")
    torch.manual_seed(1)
    first = whole(kind(), SIGMAS)
    torch.manual_seed(2)

    assert kind.stochastic
    assert torch.equal(whole(kind(), SIGMAS), first)
    assert not torch.equal(whole(kind(), SIGMAS, seed=1), first)


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda x: torch.rand_like(x), r"draws with torch's rand_like\(\), expected unit normals"),
        (lambda x: x.clone().normal_(), r"draws with torch's normal_\(\), expected unit normals"),
        (lambda x: torch.randn(3), r"draws normals of \(3,\), expected the shape of x"),
    ],
)
def test_what_it_may_not_draw_is_named(draw, said):
    def function(model, x, sigmas):
        return noisy_euler(model, x, sigmas, draw)

    with pytest.raises((RuntimeError, ValueError), match=said):
        sf.from_k_diffusion(function, id="test.draws")


def test_a_function_without_a_callback_is_told_its_steps_by_the_noise_level():
    def function(model, x, sigmas):
        return noisy_euler(model, x, sigmas, lambda x: 0.0)

    kind, levels = sf.from_k_diffusion(function, id="test.silent"), []

    def denoise(x, sigma):
        levels.append(sigma)
        return MIXTURE.denoise(x, sigma)

    advance(kind(), start(SIGMAS[0]), {}, SIGMAS, 0, 5, denoise=denoise)
    assert levels == list(SIGMAS[:5])


def test_what_the_engine_changes_between_steps_is_what_the_function_goes_on_with():
    """Inpainting puts the known part back after every step; here the whole picture moves."""
    for name in ("sample_heun", "sample_dpmpp_2m", "sample_lms"):
        sampler, state = make(name, {}), {}
        x = advance(sampler, start(SIGMAS[0]), state, SIGMAS, 0, 4) + 0.5
        seen = []

        def denoise(x, sigma, seen=seen):
            seen.append(x.clone())
            return MIXTURE.denoise(x, sigma)

        advance(sampler, x, state, SIGMAS, 4, 5, denoise=denoise)
        assert torch.equal(seen[0], x), name


def test_brownian_increments_are_unit_normals_of_one_motion():
    draw = draws(3, (1, 1, 100, 100))
    motion = Brownian(draw)
    first, both = motion(4.0, 3.0), motion(4.0, 1.0)
    later = motion(1.0, 0.5)

    for increment in (first, both, later):
        assert increment.std().item() == pytest.approx(1, abs=0.03)
    correlation = (first * both).mean().item()
    assert correlation == pytest.approx((1 / 3) ** 0.5, abs=0.03)
    assert (both * later).mean().abs().item() < 0.03
    inside = motion(1.0, 0.75)
    assert (inside * later).mean().item() == pytest.approx(0.5**0.5, abs=0.03)
