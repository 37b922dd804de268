"""What every benchmark writes: figures with the machine, the versions and the date beside them."""

from __future__ import annotations

import datetime
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PACKAGES = ("sfumato", "torch", "diffusers", "transformers", "grpcio", "protobuf")


def write(name: str, figures: Mapping[str, Any]) -> None:
    """Print the figures and commit them to `benchmarks/NAME.json`."""
    report = {"date": datetime.datetime.now(datetime.UTC).date().isoformat(), "machine": machine()}
    text = json.dumps({**report, "figures": figures}, indent=2)
    (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    print(f"{name}\n{json.dumps(figures, indent=2)}")


def machine() -> dict[str, Any]:
    """Processor, cores, load at the start, Python and package versions."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load_average": [round(value, 2) for value in os.getloadavg()],
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in PACKAGES},
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return platform.processor()
    rows = (line.partition(":") for line in info.read_text(encoding="utf-8").splitlines())
    return next((value.strip() for key, _, value in rows if key.strip() == "model name"), platform.machine())


def in_turn(runs: int, **contestants: Callable[[], object]) -> dict[str, list[float]]:
    """Seconds of each contestant over `runs` rounds; every round runs all, each time in another order."""
    names = list(contestants)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for name in names:
        contestants[name]()  # warm up: allocators, caches, lazy imports
    for turn in range(runs):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            begun = time.perf_counter()
            contestants[name]()
            seconds[name].append(time.perf_counter() - begun)
    return seconds


def summary(seconds: Sequence[float]) -> dict[str, float]:
    """Minimum, median and maximum in seconds."""
    return {
        "min_s": round(min(seconds), 4),
        "median_s": round(statistics.median(seconds), 4),
        "max_s": round(max(seconds), 4),
    }


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median over rounds of ours / theirs, each round's pair having seen the same load."""
    return round(statistics.median(a / b for a, b in zip(ours, theirs, strict=True)), 3)
