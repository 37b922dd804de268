"""Measurements of what a contribution costs beside the network, with a warning where users would feel it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import sfumato.plugin as sf
from sfumato.testing.check import check
from sfumato.testing.checks.sampler import start
from sfumato.testing.driving import draws, run
from sfumato.testing.exercise import SHAPE, SIGMAS, combined, guider_of, processed, with_needs
from sfumato.testing.outcome import Warned
from sfumato.testing.pictures import picture
from sfumato.testing.stand_in import stable_diffusion
from sfumato.testing.subject import Subject

#: What a step may take beside the network: a network call takes tens of milliseconds at the least.
_STEP_S: Final = 0.005
_SCHEDULE_S: Final = 0.1
#: What a small picture may take.
_CALL_S: Final = 5.0
_FEWEST_RUNS: Final = 5
_MOST_RUNS: Final = 20
_STEPS: Final = len(SIGMAS) - 1


@check("sampler", name="costs-little")
def sampler_costs_little(subject: Subject) -> dict[str, float]:
    """What a step takes beside the network, on latents (1, 4, 8, 8)."""
    x, noise = start(subject), draws(subject.seed, SHAPE)
    calm = x * 0
    took_s = _shortest(lambda: run(subject.make(), lambda x, sigma: calm, x, SIGMAS, noise), _STEP_S * _STEPS)
    return _judged("step", took_s / _STEPS, _STEP_S)


@check("schedule", name="costs-little")
def schedule_costs_little(subject: Subject) -> dict[str, float]:
    """What a schedule of 30 steps takes, which is made once for a job."""
    made, model = subject.make(), stable_diffusion()
    return _judged("call", _shortest(lambda: made.sigmas(30, model), _SCHEDULE_S), _SCHEDULE_S)


@check("guider", name="costs-little")
def guider_costs_little(subject: Subject) -> dict[str, float]:
    """What it takes to ask for branches and combine them, on latents (1, 4, 8, 8)."""
    guider = guider_of(subject)

    def steps() -> None:
        state: dict[str, Any] = {}
        for step in range(_STEPS):
            combined(guider, subject.seed, step, _STEPS, state)

    return _judged("step", _shortest(steps, _STEP_S * _STEPS) / _STEPS, _STEP_S)


@check("conditioner", name="costs-little")
def conditioner_costs_little(subject: Subject) -> dict[str, float]:
    """What it takes to condition a call and restrain a prediction, on latents (1, 4, 8, 8)."""
    studio, (selection, assets) = subject.studio(), subject.selection()
    wanted, more = with_needs(subject, conditioners=(selection,))
    course = studio.scene(wanted, assets | more).course
    conditioner: sf.Conditioner = course.conditioning.conditioners[0][1]
    at = sf.Moment(branch="positive", prompt="positive", step_index=1, step_count=6)
    call = sf.NetworkCall(x=start(subject), sigma=2.0, prompt=course.prompts["positive"])

    def once() -> None:
        conditioner.condition(call, at)
        conditioner.restrain(call.x, 2.0, at)

    return _judged("step", _shortest(once, _STEP_S), _STEP_S)


@check("preprocessor", "post-processor", name="costs-little")
def processor_costs_little(subject: Subject) -> dict[str, float]:
    """What a picture of 256 x 256 pixels takes."""
    image = picture(subject.seed, 256, 256)
    started = time.perf_counter()
    processed(subject, image)
    return _judged("call", time.perf_counter() - started, _CALL_S)


def _shortest(work: Callable[[], object], limit_s: float) -> float:
    """The shortest of several runs: what else the machine does only ever adds to one, and the busier it is, the more.

    Some within the limit are enough; a machine that is busy has many tries.
    """
    taken: list[float] = []
    while len(taken) < _FEWEST_RUNS or (min(taken) > limit_s and len(taken) < _MOST_RUNS):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return min(taken)


def _judged(per: str, took_s: float, limit_s: float) -> dict[str, float]:
    figures = {f"{per}_us": round(took_s * 1e6, 1)}
    if took_s > limit_s:
        raise Warned(f"takes {took_s * 1e3:.1f} ms a {per}, better {limit_s * 1e3:g} ms", **figures)
    return figures
