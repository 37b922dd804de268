"""Schedulers as samplers: shown on every class in diffusers that can run an epsilon or flow network."""

from __future__ import annotations

import math

import diffusers
import pytest
import torch

import sfumato.plugin as sf
from sfumato.builtin.schedules import Karras
from sfumato.plugin._params import specs_of
from sfumato.testing.convergence import errors
from sfumato.testing.driving import draws, run
from tests.plugin.driving import MIXTURE, SHAPE, advance, every_promise, noise_at, start, whole
from tests.plugin.schedulers import CLASSES, original

# diffusers makes arrays of tensors in a way that numpy 2 means to drop.
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:__array_wrap__ must:DeprecationWarning"),
]

SIGMAS = tuple(Karras().sigmas(8, sf.ModelSigmas(sigmas=(0.03, 14.6), prediction_type="epsilon")))

#: What cannot run an epsilon or flow network along the levels of a schedule, and why.
EXCLUDED = {
    "AmusedScheduler": "unmasks tokens",
    "BlockRefinementScheduler": "refines tokens",
    "DiscreteDDIMScheduler": "replaces tokens",
    "EntropyBoundScheduler": "unmasks tokens",
    "VQDiffusionScheduler": "replaces tokens",
    "CMStochasticIterativeScheduler": "runs a consistency network, which is the picture itself at its lowest level",
    "ConsistencyDecoderScheduler": "runs a consistency decoder in two steps",
    "SCMScheduler": "runs a TrigFlow consistency network",
    "PiflowScheduler": "runs a network that predicts a policy, ten pictures wide",
    "HeliosDMDScheduler": "runs a distilled network along the levels that the pipeline hands to each step",
    "CogVideoXDPMScheduler": "needs the prediction and the timestep of the step before as arguments",
    "RePaintScheduler": "needs a picture and a mask at every step",
    "RFD4ProteinaScheduler": "moves atoms of which a mask says what counts",
    "KarrasVeScheduler": "deprecated; takes its steps in two methods of its own",
    "ScoreSdeVeScheduler": "deprecated; has no step()",
    "ScoreSdeVpScheduler": "deprecated; has no step()",
    "UnCLIPScheduler": "deprecated for DDPM; its cosine levels are built in",
    "DDPMWuerstchenScheduler": "its cosine levels are built in, in a time without timesteps",
    "DDIMInverseScheduler": "goes from a picture to noise",
    "DPMSolverMultistepInverseScheduler": "goes from a picture to noise",
}
RUNNING = {name: kind for name, kind in CLASSES.items() if name not in EXCLUDED}
#: What these are known to reach; they are measured on a way that ends above 0.
ORDERS = {
    "EulerDiscreteScheduler": 1,
    "HeunDiscreteScheduler": 2,
    "DPMSolverMultistepScheduler": 2,
}

#: What changes a course beyond its defaults.
OPTIONS = [
    ("DDIMScheduler", {"eta": 0.6}),
    ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++", "solver_type": "heun"}),
    ("DPMSolverMultistepScheduler", {"solver_order": 3}),
    ("DPMSolverSinglestepScheduler", {"solver_order": 3}),
    ("EulerDiscreteScheduler", {"s_churn": 3.0}),
    ("FlowMatchEulerDiscreteScheduler", {"stochastic_sampling": True}),
    ("LMSDiscreteScheduler", {"order": 3}),
    ("PNDMScheduler", {"skip_prk_steps": True}),
    ("TCDScheduler", {"eta": 0.0}),
    ("UniPCMultistepScheduler", {"solver_type": "bh1", "solver_order": 3}),
]
WAYS = [*((name, {}) for name in RUNNING), *OPTIONS]
every_way = pytest.mark.parametrize(("name", "options"), WAYS, ids=lambda value: str(value))

_adapted = {}


def adapted(name):
    if name not in _adapted:
        words = f"test.{name.removesuffix('Scheduler').lower()}"
        _adapted[name] = sf.from_diffusers(CLASSES[name], id=words, order=ORDERS.get(name, 1))
    return _adapted[name]


def make(name, options):
    kind = adapted(name)
    return kind(kind.Params(**options))


def test_every_class_is_run_or_excluded_for_a_reason():
    assert EXCLUDED.keys() <= CLASSES.keys()
    assert len(RUNNING) >= 31


@pytest.mark.parametrize("name", EXCLUDED)
def test_what_is_excluded_is_refused(name):
    with pytest.raises(TypeError, match=rf"{name} (cannot run an epsilon or flow network|has (step\(|no step))"):
        sf.from_diffusers(CLASSES[name], id="test.refused")


#: TCD places a point of its own between two trained timesteps, which depends on how those are spread.
@pytest.mark.parametrize(
    ("name", "options"), [way for way in WAYS if way != ("TCDScheduler", {})], ids=lambda value: str(value)
)
def test_it_arrives_where_the_scheduler_does(name, options):
    x = draws(0, SHAPE)()
    expected, sigmas = original(CLASSES[name], x, draws(7, SHAPE), options)
    found = run(make(name, options), MIXTURE.denoise, x * sigmas[0], sigmas, draws(7, SHAPE))
    away = (found - expected).abs().max().item()
    print(f"{name:40} {options} {away:.1e}")

    assert expected.std() > 0.2
    # PNDM's Runge-Kutta warm-up has half steps at whole timesteps; here they lie between two.
    assert away < (1e-3 if (name, options) == ("PNDMScheduler", {}) else 1e-4)


@every_promise
@every_way
def test_it_keeps_what_every_sampler_promises(name, options, promise):
    assert promise(lambda: make(name, options), SIGMAS)


@pytest.mark.parametrize("name", RUNNING)
def test_it_remembers_no_more_than_a_few_predictions(name):
    state = {}
    advance(make(name, {}), start(SIGMAS[0]), state, SIGMAS, 0, 7)
    tensors = [value for value in state.values() if isinstance(value, torch.Tensor)]
    assert sum(tensor.numel() for tensor in tensors) <= 7 * 256


@pytest.mark.parametrize("name", RUNNING)
def test_dropped_at_an_evaluation_it_can_be_taken_again(name):
    sampler, state = make(name, {}), {}
    x = advance(sampler, start(SIGMAS[0]), state, SIGMAS, 0, 3)
    before = dict(state)
    walk = sampler.step(x, SIGMAS[3], SIGMAS[4], state, noise_at(3))
    next(walk)
    walk.close()

    assert state == before
    again = advance(sampler, x, state, SIGMAS, 3, 7)
    assert torch.equal(again, advance(make(name, {}), start(SIGMAS[0]), {}, SIGMAS, 0, 7))


@pytest.mark.parametrize("name", [name for name in RUNNING if name != "PNDMScheduler"])
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_few_steps_are_enough_for_a_finite_result(name, steps):
    sigmas = (*(14.6, 1.0, 0.2)[:steps], 0.0)
    found = run(make(name, {}), MIXTURE.denoise, start(14.6), sigmas, draws(1, SHAPE))
    assert found.isfinite().all()


@pytest.mark.parametrize("name", ORDERS)
def test_it_converges_at_its_order(name):
    # The finest of the four is left out: float32 rounds there as much as a second-order step errs.
    coarse, fine = errors(make(name, {}))[:3:2]
    assert math.log2(coarse / fine) / 2 >= ORDERS[name] - 0.25


def test_parameters_are_those_that_matter_for_sampling():
    specs = {spec.id: spec for spec in specs_of(adapted("DPMSolverMultistepScheduler").Params)}
    assert list(specs) == [
        "solver_order", "thresholding", "dynamic_thresholding_ratio", "sample_max_value", "algorithm_type",
        "solver_type", "lower_order_final", "euler_at_final",
    ]  # fmt: skip
    assert [choice.value for choice in specs["solver_type"].choices] == ["midpoint", "heun"]
    assert (specs["solver_order"].kind, specs["solver_order"].default) == ("int", 2)

    ddim = {spec.id: spec for spec in specs_of(adapted("DDIMScheduler").Params)}
    assert (ddim["eta"].default, ddim["eta"].maximum, ddim["clip_sample"].default) == (0.0, 1.0, False)


@pytest.mark.parametrize(
    ("name", "evaluations", "stochastic"),
    [("EulerDiscreteScheduler", 1, False), ("HeunDiscreteScheduler", 2, False), ("LCMScheduler", 1, True)],
)
def test_facts_are_found_by_trying(name, evaluations, stochastic):
    kind = adapted(name)
    assert (kind.evaluations_per_step, kind.stochastic) == (evaluations, stochastic)


def test_options_that_a_scheduler_refuses_are_told_in_its_words():
    with pytest.raises(ValueError, match=r"SASolverScheduler does not run with .*nonsense is not implemented"):
        whole(make("SASolverScheduler", {"algorithm_type": "nonsense"}), SIGMAS)


class Hoarding(diffusers.EulerDiscreteScheduler):
    """Keeps what cannot be saved."""

    def step(self, model_output, timestep, sample, generator=None, return_dict=True):
        self.box = object()
        return super().step(model_output, timestep, sample, return_dict=return_dict)


def test_a_memory_that_cannot_be_saved_is_named():
    with pytest.raises(TypeError, match="attribute 'box' became object, expected tensors, numbers and texts"):
        sf.from_diffusers(Hoarding, id="test.hoarding")
