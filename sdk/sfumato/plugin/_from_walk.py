"""The walk of a scheduler of diffusers along the engine's noise levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import torch

from sfumato.plugin._from_frames import Frame
from sfumato.plugin._from_memory import awake, remember
from sfumato.plugin._from_noise import Brownian, Draw, OnlyFrom
from sfumato.plugin._from_schedulers import Fit, Fitted, ways_of
from sfumato.plugin._sampler import Evaluate, State, Steps

#: What a scheduler is tried on: noise levels, and the distance from the picture at which it has arrived.
_SOME: Final = (12.0, 5.0, 2.5, 1.2, 0.6, 0.0)
_NEAR: Final = 1e-3
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
def find_way(kind: type, made_with: Options, options: Options) -> Way:
    """The way that arrives at a picture of which the scheduler is told at every step. Raises TypeError: none does."""
    said = []
    for fit, frame in ways_of(kind):
        try:
            walk = Walk(fitted=fit(kind, dict(made_with), _SOME, frame), options=dict(options))
            away, drew = _try(walk)
        except Exception as error:  # a scheduler may fail in any way; its next one is tried
            said.append(f"{type(error).__name__}: {error}")
            continue
        if away < _NEAR:
            starts = walk.fitted.starts
            return Way(fit=fit, frame=frame, evaluations_per_step=starts[3] - starts[2], stochastic=drew)
        said.append(f"{frame.name}: ends {away:.2g} away")
    raise TypeError(
        f"{kind.__name__} cannot run an epsilon or flow network along given noise levels: told the exact noise at "
        f"every step, it does not arrive at the picture ({'; '.join(dict.fromkeys(said))})"
    )


def _try(walk: Walk) -> tuple[float, bool]:
    """How far from the picture a scheduler ends that is told it at every step, and whether it drew noise."""
    generator, drawn = torch.Generator().manual_seed(0), []  # type: torch.Generator, list[torch.Tensor]

    def draw() -> torch.Tensor:
        drawn.append(torch.randn(_SHAPE, generator=generator))
        return drawn[-1]

    picture = torch.tensor([0.5, -0.3, 0.1, -0.8]).reshape(_SHAPE)
    x, state = picture + torch.randn(_SHAPE, generator=generator) * _SOME[0], {}  # type: torch.Tensor, dict[str, Any]
    for index in range(len(_SOME) - 1):
        x = _told(walk.step(index, x, state, draw), picture)
    away = float((x - picture).abs().max())
    return away if away == away else float("inf"), bool(drawn)


def _told(steps: Steps, picture: torch.Tensor) -> torch.Tensor:
    try:
        next(steps)
        while True:
            steps.send(picture)
    except StopIteration as arrived:
        x: torch.Tensor = arrived.value
        return x
