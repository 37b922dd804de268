"""Schedulers of diffusers made for exactly the noise levels that the engine runs.

A scheduler knows the levels that its network was trained on, and picks some. Here it is told that the network was
trained on the engine's levels (and on what lies between them), so that it picks these. In what form it takes samples
and predictions is found out by trying: with the exact noise in a sample, it has to arrive at the picture.
"""

from __future__ import annotations

import inspect
import itertools
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch

from sfumato.plugin._from_frames import EXPLODING, FLOW, FLOW_BACK, PRECONDITIONED, PRESERVING, VELOCITY, Frame

#: Constructor options that say nothing of their own once the levels are given; set where a scheduler has them.
FIXED: Final[Mapping[str, Any]] = {
    "timestep_spacing": "trailing",
    "steps_offset": 0,
    "prediction_type": "epsilon",
    "set_alpha_to_one": True,
    "final_sigmas_type": "zero",
    "rescale_betas_zero_snr": False,
    "shift": 1.0,
    "stages": 1,
    "stage_range": [0, 1],
}
#: About how many levels the network was trained on, as far as a scheduler knows.
_TRAINED: Final = 1000
_SAME: Final = 1e-4


@contextmanager
def quiet() -> Iterator[None]:
    """Without the warning that numpy 2 has for how diffusers makes arrays of tensors, even where it is an error."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="__array", category=DeprecationWarning)
        yield


class Misfit(ValueError):
    """A scheduler that cannot be made for these levels in this way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A scheduler before its first step, as it was made for a trajectory's levels.

    `levels` are those of its evaluations, then the one that it ends at; step j begins with evaluation `starts[j]`.
    It ends above 0 where it knows no other end: then the last step is the prediction's.
    """

    scheduler: Any
    levels: tuple[float, ...]
    starts: tuple[int, ...]
    frame: Frame


#: Makes a scheduler of a class for levels that end in 0: `(make, options, sigmas, frame)`.
Fit = Callable[[type, Mapping[str, Any], Sequence[float], Frame], Fitted]


def ways_of(scheduler_class: type) -> Iterator[tuple[Fit, Frame]]:
    """How a scheduler might be made and used, by what its constructor takes."""
    takes = inspect.signature(scheduler_class).parameters
    if "trained_betas" in takes:
        yield from itertools.product((_fit_to_zero, _fit_to_lowest), (PRESERVING, EXPLODING))
        yield _fit_shares, VELOCITY
    else:
        yield from itertools.product((_fit_levels,), (FLOW, FLOW_BACK, PRECONDITIONED))


def _fit_to_zero(kind: type, options: Mapping[str, Any], sigmas: Sequence[float], frame: Frame) -> Fitted:
    """Trained on the levels above 0; from the lowest of them to 0 in the last step."""
    levels = np.array(sigmas[:-1])
    return _trained(kind, options, levels, lowest=levels[-1] / 100, end=0.0, frame=frame)


def _fit_to_lowest(kind: type, options: Mapping[str, Any], sigmas: Sequence[float], frame: Frame) -> Fitted:
    """The same for a scheduler that ends at the lowest level that it was trained on."""
    if len(sigmas) < 3:
        return Fitted(scheduler=None, levels=(sigmas[0],), starts=(0, 0), frame=frame)
    options = {**options, "final_sigmas_type": "sigma_min"}
    return _trained(kind, options, np.array(sigmas[:-2]), lowest=sigmas[-2], end=sigmas[-2], frame=frame)


def _trained(kind: type, options: Mapping[str, Any], levels: Any, *, lowest: float, end: float, frame: Frame) -> Fitted:
    """Trained on `levels`, evenly spread over its timesteps, on what lies between, and on `lowest` at timestep 0."""
    count = len(levels)
    # Even, because the Runge-Kutta steps of PNDM stop halfway.
    stride = max(2 * round(_TRAINED / count / 2), 2)
    anything = _betas(np.geomspace(1e-2, 1e2, stride * count))
    fixed = {"num_train_timesteps": stride * count, "trained_betas": anything, "original_inference_steps": count}
    scheduler = _made(kind, {**FIXED, **options, **fixed, "noise_sampler_seed": 0})
    scheduler.set_timesteps(count)
    places = _places(scheduler, count, stride)
    known = np.concatenate([[0.0], places[::-1]]), np.log(np.concatenate([[lowest], levels[::-1]]))
    _train(scheduler, np.exp(np.interp(np.arange(stride * count), *known)))
    scheduler.set_timesteps(count)
    evaluated = np.exp(np.interp(scheduler.timesteps.double().numpy(), *known))
    return _begun(scheduler, tuple(evaluated.tolist()), levels.tolist(), end, frame)


def _places(scheduler: Any, count: int, stride: int) -> Any:
    """The falling timesteps at which steps begin, whatever they pass between."""
    ours = np.arange(count, 0, -1) * stride - 1
    theirs = np.unique(np.array(scheduler.timesteps.tolist()).round(3))[::-1]
    if set(ours) <= set(theirs):
        return ours
    if len(theirs) != count:
        raise Misfit(f"stops at {len(theirs)} timesteps, expected {count}")
    return theirs


def _train(scheduler: Any, levels: Any) -> None:
    """Have a scheduler know other levels, in double precision: single loses three digits of a low one."""
    betas = torch.tensor(_betas(levels), dtype=torch.float64)
    kept = 1 / (1 + torch.from_numpy(levels) ** 2)
    known = {
        "betas": betas,
        "alphas": 1 - betas,
        "alphas_cumprod": kept,
        "alpha_t": kept.sqrt(),
        "sigma_t": (1 - kept).sqrt(),
        "lambda_t": -torch.from_numpy(levels).log(),
    }
    vars(scheduler).update({name: value for name, value in known.items() if name in vars(scheduler)})


def _betas(trained: Any) -> list[float]:
    """The betas of a network that was trained on these rising noise levels."""
    kept = 1 / (1 + trained**2)
    betas: list[float] = (1 - kept / np.concatenate([[1.0], kept[:-1]])).tolist()
    return betas


def _fit_shares(kind: type, options: Mapping[str, Any], sigmas: Sequence[float], frame: Frame) -> Fitted:
    """Told the share of noise at every step in the place of betas, as IPNDM takes it."""
    levels = np.array(sigmas)
    scheduler = _made(kind, {**FIXED, **options, "trained_betas": (levels / (1 + levels**2) ** 0.5).tolist()})
    scheduler.set_timesteps(len(sigmas) - 1)
    return _begun(scheduler, tuple(sigmas[:-1]), sigmas[:-1], 0.0, frame)


def _fit_levels(kind: type, options: Mapping[str, Any], sigmas: Sequence[float], frame: Frame) -> Fitted:
    """Given the levels themselves, or for flow t = sigma / (1 + sigma)."""
    levels = np.array(sigmas[:-1])
    predicts = {} if frame is PRECONDITIONED else {"prediction_type": "flow_prediction"}
    theirs = torch.tensor(levels if frame is PRECONDITIONED else levels / (1 + levels), dtype=torch.float32)
    scheduler = _made(kind, {**FIXED, **options, **predicts})
    if not _takes_levels(scheduler, theirs):
        scheduler.set_timesteps(len(levels))
        if len(scheduler.timesteps) == 2 * len(levels) - 1 and len(levels) > 1:
            # Two evaluations make a step, and the second is at the level of the next.
            theirs = torch.cat([theirs[:1], theirs[1:].repeat_interleave(2)])
            levels = np.concatenate([levels[:1], levels[1:].repeat(2)])
        scheduler.sigmas, scheduler.timesteps = torch.cat([theirs, torch.zeros(1)]), theirs * _TRAINED
    return _begun(scheduler, tuple(levels.tolist()), sigmas[:-1], 0.0, frame)


def _takes_levels(scheduler: Any, levels: torch.Tensor) -> bool:
    """Whether `set_timesteps` could be told the levels, with or without a 0 at their end."""
    for end in ([], [0.0]):
        try:
            scheduler.set_timesteps(sigmas=levels.tolist() + end)
        except (TypeError, ValueError, AttributeError):
            continue
        given = scheduler.sigmas
        if len(given) == len(levels) + 1 and torch.allclose(given[:-1].to(levels), levels) and given[-1] == 0:
            return True
    return False


def _made(kind: type, options: Mapping[str, Any]) -> Any:
    """A scheduler with those of the options that it takes."""
    takes = inspect.signature(kind).parameters
    return kind(**{name: value for name, value in options.items() if name in takes})


def _begun(scheduler: Any, evaluated: tuple[float, ...], sigmas: Sequence[float], end: float, frame: Frame) -> Fitted:
    """A step begins with the last evaluation at its level: an earlier one there still belongs to the step before."""
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(0)
    starts = []
    for sigma in sigmas:
        places = [k for k, level in enumerate(evaluated) if abs(level - sigma) <= _SAME * sigma]
        if not places:
            raise Misfit(f"has no evaluation at noise level {sigma:.4g}")
        starts.append(places[-1])
    if starts != sorted(starts):
        raise Misfit("goes from low noise to high")
    ends = (len(evaluated),) if end == 0 else (len(evaluated), len(evaluated))
    exact = tuple(next((s for s in sigmas if abs(level - s) <= _SAME * s), level) for level in evaluated)
    return Fitted(scheduler=scheduler, levels=(*exact, end), starts=(*starts, *ends), frame=frame)
