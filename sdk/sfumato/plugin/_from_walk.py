"""The walk of a scheduler of diffusers along the engine's noise levels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import torch

from sfumato.plugin._from_frames import Frame
from sfumato.plugin._from_memory import awake, remember
from sfumato.plugin._from_noise import Brownian, Draw, OnlyFrom
from sfumato.plugin._from_schedulers import Fit, Fitted, quiet, ways_of
from sfumato.plugin._sampler import Evaluate, State, Steps

#: What a scheduler is tried on: noise levels, and the distance from the picture at which it has arrived. The lowest
#: is next to nothing, for a scheduler that goes no further.
_SOME: Final = (12.0, 5.0, 2.5, 1.2, 0.6, 0.0)
_NEAR: Final = 1e-3
_LOWEST: Final = 1e-4
_SHAPE: Final = (1, 1, 2, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A scheduler with the options of its `step`."""

    fitted: Fitted
    options: Mapping[str, Any]

    def step(self, index: int, x: torch.Tensor, state: State, noise: Draw) -> Steps:
        """Take step `index`, as `sf.Sampler.step` does; `state` then holds the scheduler's memory."""
        first, last = self.fitted.starts[index : index + 2]
        if first == last:
            return (yield Evaluate(x, self.fitted.levels[-1]))
        scheduler, motion = awake(self.fitted.scheduler, state), Brownian(noise)
        if hasattr(scheduler, "noise_sampler"):
            scheduler.noise_sampler = motion
        for evaluation in range(first, last):
            denoised = yield Evaluate(x, self.fitted.levels[evaluation])
            with OnlyFrom(noise):
                x = self._after(scheduler, evaluation, x, denoised)
        remember(self.fitted.scheduler, scheduler, state)
        return x

    def _after(self, scheduler: Any, evaluation: int, x: torch.Tensor, denoised: torch.Tensor) -> torch.Tensor:
        """Its x after the scheduler has been told one prediction."""
        sigma, sigma_next = self.fitted.levels[evaluation : evaluation + 2]
        frame, timestep = self.fitted.frame, scheduler.timesteps[evaluation]
        sample = x * frame.scale(sigma)
        if hasattr(scheduler, "scale_model_input"):
            # Some warn where nobody has called it.
            scheduler.scale_model_input(sample, timestep)
        output = frame.output(x, denoised, sigma, getattr(scheduler.config, "sigma_data", 1.0))
        given = scheduler.step(output, timestep, sample, return_dict=False, **self.options)[0]
        after: torch.Tensor = given.to(x) / frame.scale(sigma_next)
        return after


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How to make and use a scheduler, and what was seen when it was tried."""

    fit: Fit
    frame: Frame
    evaluations_per_step: int
    stochastic: bool


#: Options by name, in an order of their own.
Options = tuple[tuple[str, Any], ...]


@lru_cache(maxsize=256)
def find_way(kind: type, made_with: Options, options: Options, usual: Way | None = None) -> Way:
    """The way that arrives at a picture of which the scheduler is told at every step.

    Where the `usual` options have arrived, others need not, which churn and some algorithms do not: then a way is good
    that uses the scheduler alike and comes to numbers at all. Raises TypeError where there is none, and ValueError
    for options with which there is none.
    """
    said = []
    for fit, frame in ways_of(kind) if usual is None else _alike(usual, kind):
        try:
            with quiet():
                tried = _try(fit, frame, kind, made_with, options)
        except Exception as error:  # a scheduler may fail in any way; its next one is tried
            said.append(f"{type(error).__name__}: {error}")
            continue
        if tried.away < (_NEAR if usual is None else math.inf):
            return tried.way
        said.append(f"{frame.name}: ends {tried.away:.2g} away")
    if usual is not None:
        raise ValueError(
            f"{kind.__name__} does not run with {dict(made_with + options)}: {'; '.join(dict.fromkeys(said))}"
        )
    raise TypeError(
        f"{kind.__name__} cannot run an epsilon or flow network along given noise levels: told the exact noise at "
        f"every step, it does not arrive at the picture ({'; '.join(dict.fromkeys(said))})"
    )


def _alike(usual: Way, kind: type) -> Iterator[tuple[Fit, Frame]]:
    """The usual way, then others in the same frame."""
    yield usual.fit, usual.frame
    yield from ((fit, frame) for fit, frame in ways_of(kind) if frame is usual.frame and fit is not usual.fit)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """A way, and how far from the picture it ended; infinity for no number."""

    way: Way
    away: float


def _try(fit: Fit, frame: Frame, kind: type, made_with: Options, options: Options) -> _Tried:
    """Walk a way to the last x that is the scheduler's own, and see how far it is from the picture."""
    walk = Walk(fitted=fit(kind, dict(made_with), _SOME, frame), options=dict(options))
    if ends_above_zero := walk.fitted.levels[-1] > 0:
        walk = Walk(fitted=fit(kind, dict(made_with), (*_SOME[:-1], _LOWEST, 0.0), frame), options=dict(options))
    generator, drawn = torch.Generator().manual_seed(0), []  # type: torch.Generator, list[torch.Tensor]

    def draw() -> torch.Tensor:
        drawn.append(torch.randn(_SHAPE, generator=generator))
        return drawn[-1]

    picture = torch.tensor([0.5, -0.3, 0.1, -0.8]).reshape(_SHAPE)
    x, state = picture + torch.randn(_SHAPE, generator=generator) * _SOME[0], {}  # type: torch.Tensor, dict[str, Any]
    starts = walk.fitted.starts
    for index in range(len(starts) - 1 - ends_above_zero):
        x = _told(walk.step(index, x, state, draw), picture)
    away = float((x - picture).abs().max())
    way = Way(fit=fit, frame=frame, evaluations_per_step=starts[3] - starts[2], stochastic=bool(drawn))
    return _Tried(way=way, away=math.inf if math.isnan(away) else away)


def _told(steps: Steps, picture: torch.Tensor) -> torch.Tensor:
    try:
        next(steps)
        while True:
            steps.send(picture)
    except StopIteration as arrived:
        x: torch.Tensor = arrived.value
        return x
