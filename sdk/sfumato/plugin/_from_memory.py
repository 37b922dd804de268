"""A scheduler's memory: what its steps change in its attributes, written down and put back."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import torch

from sfumato.plugin._sampler import State

#: The one entry of the state that is text; the tensors are `memory.0`, `memory.1`, ...
_KEY: Final = "memory"
#: Ours, and handed in anew for every step.
_OURS: Final = frozenset({"noise_sampler"})


def awake(pristine: Any, state: State) -> Any:
    """A copy of a scheduler that was never stepped, with the memory in `state`."""
    scheduler = copy.copy(pristine)
    owned = {name: copy.copy(value) for name, value in vars(pristine).items() if isinstance(value, list | dict)}
    vars(scheduler).update(owned)
    remembered = json.loads(state.get(_KEY, "{}"))
    vars(scheduler).update({name: _unpacked(value, state) for name, value in remembered.items()})
    return scheduler


def remember(pristine: Any, scheduler: Any, state: State) -> None:
    """Let `state` hold what differs from the scheduler before its first step. Raises TypeError for what it cannot."""
    state.clear()
    before = vars(pristine)
    changed = {
        name: _packed(value, name, state)
        for name, value in vars(scheduler).items()
        if name not in _OURS and not (name in before and _same(value, before[name]))
    }
    state[_KEY] = json.dumps(changed)


def _same(value: Any, before: Any) -> bool:
    if isinstance(value, list) and isinstance(before, list):
        return len(value) == len(before) and all(map(_same, value, before))
    if isinstance(value, dict) and isinstance(before, dict):
        return value.keys() == before.keys() and all(_same(value[key], before[key]) for key in value)
    if isinstance(value, torch.Tensor | np.ndarray) or isinstance(before, torch.Tensor | np.ndarray):
        return value is before
    return value is before or bool(type(value) is type(before) and value == before)


def _packed(value: Any, name: str, state: State) -> Any:
    """Plain data; every tensor goes into `state` and leaves its name."""
    if isinstance(value, np.ndarray | np.generic):
        value = torch.from_numpy(np.asarray(value).copy())
    if isinstance(value, torch.Tensor):
        key = f"{_KEY}.{len(state)}"
        state[key] = value
        return {"tensor": key}
    if isinstance(value, list | tuple):
        return [_packed(each, name, state) for each in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {"mapping": {key: _packed(each, name, state) for key, each in value.items()}}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"attribute {name!r} became {type(value).__name__}, expected tensors, numbers and texts")


def _unpacked(value: Any, state: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_unpacked(each, state) for each in value]
    if isinstance(value, dict):
        if "tensor" in value:
            return state[value["tensor"]]
        return {key: _unpacked(each, state) for key, each in value["mapping"].items()}
    return value
