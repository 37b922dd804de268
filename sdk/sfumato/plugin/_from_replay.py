"""Replay: a sampling function that is one whole loop, taken a step at a time without a thread.

A function that cannot be suspended can be run again. Each time it is run from a step that is known, is answered what
it was answered before, and is left (by an exception) at the first call of the model that has no answer yet. Nothing
lives between two evaluations but tensors, so a trajectory can be saved, dropped and interleaved like any other.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import torch

from sfumato.plugin._from_noise import Brownian, Draw, OnlyFrom
from sfumato.plugin._sampler import Evaluate, State, Steps

#: Levels that differ by less are one; functions compute them in single precision.
_SAME: Final = 1e-5


class Loop(Protocol):
    """A sampling function with its parameters: calls `model(x, sigma)` until it returns x at the last level."""

    def __call__(
        self, model: Callable[..., torch.Tensor], x: torch.Tensor, sigmas: torch.Tensor, *, callback: Any, noise: Any
    ) -> torch.Tensor:
        """Run it. `callback` is called after the first evaluation of each step, `noise` is a noise sampler."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is known of a loop. `steps` says of every call of the model to which step it belongs.

    Without it that is told by the noise level. `memory` is how many earlier steps decide about a step; None is all.
    A loop that is not `noisy` may draw, but to no effect.
    """

    steps: tuple[int, ...] = ()
    memory: int | None = None
    noisy: bool = True


@dataclass(slots=True)
class Record:
    """One step: the x that it began with, what it was answered, and what it drew."""

    x: torch.Tensor
    answers: list[torch.Tensor] = field(default_factory=list)
    draws: list[torch.Tensor] = field(default_factory=list)


class Asked(BaseException):
    """Leaves the loop at a call of the model that has no answer yet. Not an Exception: nobody should catch it."""

    def __init__(self, x: torch.Tensor, sigma: float, step: int) -> None:
        super().__init__()
        self.x, self.sigma, self.step = x, sigma, step


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A loop over the noise levels `sigmas` of a whole trajectory."""

    loop: Loop
    sigmas: tuple[float, ...]
    plan: Plan

    def step(self, index: int, x: torch.Tensor, state: State, noise: Draw) -> Steps:
        """Take step `index`, as `sf.Sampler.step` does; `state` then holds the steps that later ones depend on."""
        first = 0 if self.plan.memory is None else max(index - self.plan.memory, 0)
        records = [*recall(state, range(first, index)), Record(x)]
        found = self._run(first, records, noise)
        while isinstance(found, Asked) and found.step <= index:
            records[-1].answers.append((yield Evaluate(found.x, found.sigma)))
            found = self._run(first, records, noise)
        kept = len(records) if self.plan.memory is None else min(self.plan.memory, len(records))
        remember(state, dict(zip(range(index + 1 - kept, index + 1), records[len(records) - kept :], strict=True)))
        return found.x if isinstance(found, Asked) else found

    def _run(self, first: int, records: Sequence[Record], noise: Draw) -> torch.Tensor | Asked:
        """Run the loop from step `first`: to its end, or to the first call that has no answer."""
        x = records[0].x.clone()
        model = _Answering(self, first, records).call
        draw = _drawing(records, noise) if self.plan.noisy else lambda: torch.zeros_like(x)
        sigmas = torch.tensor(self.sigmas[first:], dtype=x.dtype, device=x.device)
        try:
            with OnlyFrom(draw):
                return self.loop(model, x, sigmas, callback=None, noise=Brownian(draw))
        except Asked as asked:
            return asked.with_traceback(None)

    def step_of(self, call: int, level: float, reached: int) -> int:
        """The step that a call of the model belongs to; `reached` is that of the call before."""
        if call < len(self.plan.steps):
            return self.plan.steps[call]
        below = (j for j in range(reached, len(self.sigmas) - 1) if self.sigmas[j] >= level * (1 - _SAME))
        return max(below, default=reached)


def exact(level: float, sigmas: Sequence[float]) -> float:
    """The one of the levels that is meant, where a loop has rounded it."""
    nearest = min(sigmas, key=lambda sigma: abs(sigma - level))
    return nearest if abs(nearest - level) <= _SAME * level else level


class _Answering:
    """The model that a loop is given: knows the answers of the steps on record."""

    def __init__(self, replay: Replay, first: int, records: Sequence[Record]) -> None:
        self._replay, self._first, self._records = replay, first, records
        self._answers = [answer for record in records for answer in record.answers]
        self._calls = itertools.count()
        self._before = replay.plan.steps.index(first) if replay.plan.steps else 0
        self._step = first

    def call(self, x: torch.Tensor, sigma: Any, *_: Any, **__: Any) -> torch.Tensor:
        """The answer; x is first made what the engine made of it between two steps."""
        call, level = next(self._calls), float(torch.as_tensor(sigma).flatten()[0])
        step = self._replay.step_of(self._before + call, level, self._step)
        if step > self._step and step - self._first < len(self._records):
            x.copy_(self._records[step - self._first].x)
        self._step = step
        if call < len(self._answers):
            return self._answers[call].clone()
        raise Asked(x, exact(level, self._replay.sigmas), step)


def _drawing(records: Sequence[Record], noise: Draw) -> Draw:
    """What was drawn before, in its order, then fresh noise, which goes on the last record."""
    drawn: Iterator[torch.Tensor] = iter([draw for record in records for draw in record.draws])

    def draw() -> torch.Tensor:
        known = next(drawn, None)
        if known is None:
            known = noise()
            records[-1].draws.append(known)
        return known.clone()

    return draw


def remember(state: State, records: dict[int, Record]) -> None:
    """Let `state` hold exactly these steps: `3.x`, `3.answer.0`, `3.noise.0`, ..."""
    state.clear()
    for step, record in records.items():
        state[f"{step}.x"] = record.x
        state.update({f"{step}.answer.{n}": answer for n, answer in enumerate(record.answers)})
        state.update({f"{step}.noise.{n}": draw for n, draw in enumerate(record.draws)})


def recall(state: State, steps: range) -> list[Record]:
    """The steps as `remember` left them."""

    def series(name: str) -> Generator[torch.Tensor, None, None]:
        for n in itertools.count():
            if f"{name}.{n}" not in state:
                return
            yield state[f"{name}.{n}"]

    return [Record(state[f"{s}.x"], [*series(f"{s}.answer")], [*series(f"{s}.noise")]) for s in steps]
