"""The device that computes, how much it holds, and the number format in which it is fastest."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psutil
import torch
from torch.nn import functional as F

from sfumato.engine import json_file

#: A smaller gain is noise, and half precision is not free: it shifts every picture a little.
WORTHWHILE_GAIN: Final = 1.3
#: The shortest of several runs counts. Where half precision is emulated, one alone can take this long.
_RUNS: Final = 5
_ENOUGH_S: Final = 0.2

Measure = Callable[[str, str], float]


def best_device() -> str:
    """`cuda`, `mps` or `cpu`: the first that is there."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def memory_bytes(device: str) -> int:
    """The memory of the device; an Apple GPU shares that of the machine."""
    if torch.device(device).type == "cuda":
        return int(torch.cuda.get_device_properties(device).total_memory)
    return int(psutil.virtual_memory().total)


def fastest_dtype(device: str, notes: Path, measure: Measure | None = None) -> str:
    """`float32`, or the device's half precision where that is clearly faster.

    It is measured once and noted in a file: a busy moment must not change what later pictures look like.
    """
    name = f"{_name(device)}, torch {torch.__version__}"
    noted = json_file.read(notes)
    if name not in noted:
        half = "bfloat16" if device == "cpu" else "float16"
        time_of = measure or layer_time_s
        gain = time_of(device, "float32") / time_of(device, half)
        noted[name] = half if gain > WORTHWHILE_GAIN else "float32"
        json_file.write(notes, noted)
    return str(noted[name])


def layer_time_s(device: str, dtype: str) -> float:
    """The shortest time of a convolution and a projection as they occur in a UNet, small enough to try on any CPU."""
    picture = torch.ones(1, 128, 32, 32, device=device, dtype=getattr(torch, dtype))
    kernel = torch.ones(128, 128, 3, 3, device=device, dtype=picture.dtype)
    weight = torch.ones(512, 128, device=device, dtype=picture.dtype)
    shortest, spent_s = float("inf"), 0.0
    for _ in range(_RUNS):
        started = time.perf_counter()
        F.linear(F.conv2d(picture, kernel, padding=1).flatten(2).mT, weight)
        if torch.device(device).type != "cpu":
            torch.accelerator.synchronize(device)
        run_s = time.perf_counter() - started
        shortest, spent_s = min(shortest, run_s), spent_s + run_s
        if spent_s > _ENOUGH_S:
            break
    return shortest


def _name(device: str) -> str:
    return torch.cuda.get_device_name(device) if torch.device(device).type == "cuda" else device
