"""Batching: how many trajectories share a network call, which is as many as pay off on this machine.

A call for b trajectories takes t(b); the gain over b calls is S(b) = b t(1) / t(b). It reaches 3 where one
trajectory leaves the device idle (a small UNet on a large GPU) and stays at 1 where one fills it (a CPU, or any
GPU at 1024x1024). There, joining makes every image later and none earlier, so it is done only while each doubling
of b raises S clearly.

Networks give slightly different bits for different batch sizes. So that the same recipe gives the same bytes, S is
never measured on a job's own evaluations while it runs, but once for a model and shape by evaluations that are
thrown away; the result stays, in a file where a path is given. Without a profile, nothing is ever joined.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Final

import torch

import sfumato.plugin as sf
from sfumato.engine.blame import is_out_of_memory

#: What a doubling of b must gain to be worth that each image waits for its neighbours.
WORTHWHILE: Final = 1.15
MAX_WIDTH: Final = 8
#: Timed calls for each b; the shortest counts, so the first may warm up.
_CALLS: Final = 2


class BatchProfile:
    """The width, in trajectories, of network calls of each model and shape on this machine."""

    def __init__(self, path: Path | None = None, *, clock: Callable[[], float] = time.perf_counter) -> None:
        self._path = path
        self._clock = clock
        self._widths: dict[str, int] = _read(path) if path else {}

    def width(self, key: str) -> int | None:
        """How many trajectories to join; None where that has not been measured."""
        return self._widths.get(key)

    def measure(self, family: sf.Family, calls: Sequence[sf.NetworkCall]) -> Generator[None, None, None]:
        """Find the width for trajectories that evaluate `calls`, pausing after every network call."""
        key, best, best_gain = key_of(family, calls), 1, 1.0
        try:
            alone_s = yield from self._time(family, calls, 1)
            while best < MAX_WIDTH:
                gain = 2 * best * alone_s / (yield from self._time(family, calls, 2 * best))
                if gain < best_gain * WORTHWHILE:
                    break
                best, best_gain = 2 * best, gain
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        self.record(key, best)

    def record(self, key: str, width: int) -> None:
        """Keep a width, in the file too where there is one."""
        self._widths[key] = width
        if self._path:
            _write(self._path, self._widths)

    def _time(self, family: sf.Family, calls: Sequence[sf.NetworkCall], width: int) -> Generator[None, None, float]:
        """The shortest time, in seconds, of an evaluation of `width` trajectories."""
        shortest = float("inf")
        for _ in range(_CALLS):
            started = self._clock()
            family.evaluate([*calls] * width)
            _wait_for(calls[0].x.device)
            shortest = min(shortest, self._clock() - started)
            yield
        return shortest


def key_of(family: sf.Family, calls: Sequence[sf.NetworkCall]) -> str:
    """What a width depends on: device, torch, model, and the shape of one trajectory's calls."""
    device = calls[0].x.device
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    threads = f" {torch.get_num_threads()} threads" if device.type == "cpu" else ""
    shape = [family.batch_key(call) for call in calls]
    return f"{name}{threads}, torch {torch.__version__}, {family.card.id}, {shape}"


def _wait_for(device: torch.device) -> None:
    if device.type != "cpu":
        torch.accelerator.synchronize(device)


def _read(path: Path) -> dict[str, int]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {str(key): int(width) for key, width in found.items()}


def _write(path: Path, widths: dict[str, int]) -> None:
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(widths, indent=1, sort_keys=True), encoding="utf-8")
    os.replace(draft, path)
