"""Checks that every kind has to pass in its own use."""

from __future__ import annotations

import random
import time
from typing import Final

import numpy as np
import torch

from sfumato.errors import InvalidRecipe
from sfumato.testing.check import check
from sfumato.testing.checks.params import fitting_values
from sfumato.testing.exercise import Made, exercise
from sfumato.testing.outcome import Failed, Skipped, require
from sfumato.testing.subject import Subject

_KINDS: Final = ("sampler", "schedule", "guider", "conditioner", "preprocessor", "post-processor")
_TRIES, _LONG_ENOUGH_S = 24, 8.0


@check(*_KINDS)
def is_finite(subject: Subject) -> None:
    """All that it makes of ordinary inputs is finite."""
    require(_finite(exercise(subject)), "made values that are not finite")


@check(*_KINDS)
def is_deterministic(subject: Subject) -> None:
    """Another instance makes the same of the same inputs and seed, bit for bit, whatever was drawn elsewhere."""
    first = exercise(subject)
    torch.manual_seed(subject.seed + 1)
    np.random.seed(subject.seed + 1)
    second = exercise(subject)
    same = len(first) == len(second) and all(torch.equal(a, b) for a, b in zip(first, second, strict=False))
    require(same, "made something else of the same inputs; draw from the source that is handed in, or seed your own")


@check(*_KINDS)
def leaves_global_generators_alone(subject: Subject) -> None:
    """It neither draws from the generators of torch, numpy and Python that all share, nor seeds them."""
    before = _generators()
    exercise(subject)
    moved = [name for name, state in _generators().items() if state != before[name]]
    require(not moved, f"used the global generator of {', '.join(moved)}; use the source that is handed in")


@check(*_KINDS)
def works_with_any_parameters(subject: Subject) -> dict[str, float]:
    """With whatever values its parameters allow, it goes on working, and what it makes is finite."""
    if not subject.specs:
        raise Skipped("has no parameters")
    drawn, started, tried = subject.random("values"), time.monotonic(), 0
    while tried < _TRIES and time.monotonic() - started < _LONG_ENOUGH_S:
        values = dict(fitting_values(subject, drawn))
        tried += 1
        try:
            made = exercise(subject, values)
        except InvalidRecipe:
            continue
        except (Failed, Skipped):
            raise
        except Exception as error:
            said = f"raised {type(error).__name__} with {values}, which its description allows: {error}"
            raise Failed(said) from error
        require(_finite(made), f"made values that are not finite with {values}, which its description allows")
    return {"tried": tried}


def _finite(made: Made) -> bool:
    return all(bool(torch.isfinite(each).all()) for each in made)


def _generators() -> dict[str, object]:
    """The states of the generators that everybody shares, as values to compare."""
    name, keys, place, *rest = np.random.get_state()
    numpy_state = name, np.asarray(keys).tolist(), place, *rest
    return {"torch": torch.get_rng_state().tolist(), "numpy": numpy_state, "Python": random.getstate()}
