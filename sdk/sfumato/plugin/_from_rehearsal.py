"""Rehearsal: a sampling function is run on four numbers, to learn what it does before it is run on an image.

Which call of the model belongs to which step, how many steps back the function remembers, and whether its noise
has any effect. Whatever is concluded is what was seen to give the same numbers bit for bit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import torch

from sfumato.plugin._from_noise import Brownian, OnlyFrom
from sfumato.plugin._from_replay import Loop, Plan, Record, Replay, exact, remember

_SHAPE: Final = (1, 1, 2, 2)
#: Further back than this, all earlier steps are kept.
_LONGEST: Final = 4
#: The steps that are tried are these many from either end: there it is that a sampler does something else.
_EDGE: Final = 6


@dataclass(slots=True)
class _Performance:
    """One run of a whole loop: the calls' levels, where steps began, and every step's record."""

    levels: list[float] = field(default_factory=list)
    first_calls: list[int] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    end: torch.Tensor = field(default_factory=lambda: torch.empty(0))


def rehearse(loop: Loop, sigmas: Sequence[float]) -> Plan:
    """The plan of a loop over these noise levels."""
    step_count = len(sigmas) - 1
    first_calls = _perform(loop, sigmas, ()).first_calls
    if len(first_calls) != step_count or first_calls[0] != 0:
        noises = [_perform(loop, sigmas, (), seed).end for seed in (1, 2)]
        return Plan(noisy=not torch.equal(*noises))
    takes = [_perform(loop, sigmas, first_calls, seed) for seed in (1, 2)]
    calls = range(len(takes[0].levels))
    steps = tuple(sum(first <= call for first in first_calls) - 1 for call in calls)
    plan = Plan(steps=steps, noisy=not torch.equal(takes[0].end, takes[1].end))
    tried = sorted({*range(min(_EDGE, step_count)), *range(max(step_count - _EDGE, 0), step_count)})
    for memory in range(_LONGEST):
        candidate = Replay(loop=loop, sigmas=tuple(sigmas), plan=replace(plan, memory=memory))
        if all(_agrees(candidate, step, takes[0]) for step in tried):
            return candidate.plan
    return plan


def evaluations_per_step(plan: Plan) -> int:
    """How many calls of the model a step in the middle makes; 1 where that is not known."""
    return max(plan.steps.count(1), 1)


def _perform(loop: Loop, sigmas: Sequence[float], first_calls: Sequence[int], seed: int = 0) -> _Performance:
    """Run the loop on noise. With `first_calls` known, what it does is put on record by step."""
    seen = _Performance()
    generator = torch.Generator().manual_seed(seed)

    def draw() -> torch.Tensor:
        drawn = torch.randn(_SHAPE, generator=generator)
        if seen.records:
            seen.records[-1].draws.append(drawn)
        return drawn

    def model(x: torch.Tensor, sigma: Any, *_: Any, **__: Any) -> torch.Tensor:
        if len(seen.levels) in first_calls:
            seen.records.append(Record(x.clone()))
        seen.levels.append(exact(float(torch.as_tensor(sigma).flatten()[0]), sigmas))
        answer = _denoise(x, seen.levels[-1])
        if seen.records:
            seen.records[-1].answers.append(answer)
        return answer.clone()

    def callback(_: Any) -> None:
        seen.first_calls.append(len(seen.levels) - 1)

    x = torch.randn(_SHAPE, generator=torch.Generator().manual_seed(0)) * sigmas[0]
    with OnlyFrom(draw):
        seen.end = loop(model, x, torch.tensor(sigmas), callback=callback, noise=Brownian(draw))
    return seen


def _agrees(replay: Replay, step: int, seen: _Performance) -> bool:
    """Whether a step comes out the same from the steps that are remembered."""
    memory = replay.plan.memory or 0
    record, state = seen.records[step], {}  # type: Record, dict[str, Any]
    remember(state, {j: seen.records[j] for j in range(max(step - memory, 0), step)})
    draws = iter(record.draws)
    walk = replay.step(step, record.x, state, lambda: next(draws, torch.zeros(_SHAPE)))
    answer: torch.Tensor | None = None
    while True:
        try:
            asked = next(walk) if answer is None else walk.send(answer)
        except StopIteration as arrived:
            expected = seen.records[step + 1].x if step + 1 < len(seen.records) else seen.end
            return torch.equal(arrived.value, expected)
        answer = _denoise(asked.x, asked.sigma)


def _denoise(x: torch.Tensor, sigma: float) -> torch.Tensor:
    """Some smooth prediction that depends on both."""
    return torch.tanh(x / (1 + sigma)) / 2 + math.sin(sigma) / 8
