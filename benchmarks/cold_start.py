"""Cold starts: `sfumato --help`, a front that answers, the first picture with Ground; each in fresh processes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import report
from benchmarks.own_daemon import own_daemon

RUNS = 15


def help_s() -> float:
    """Seconds of `sfumato --help`."""
    begun = time.perf_counter()
    subprocess.run([str(Path(sys.executable).with_name("sfumato")), "--help"], check=True, capture_output=True)
    return time.perf_counter() - begun


def bare_s() -> float:
    """Seconds of a Python that does nothing: what no program of ours can go below."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", ""], check=True)
    return time.perf_counter() - begun


def front_s() -> float:
    """Seconds from starting the front until it has written where it listens, which it does when it answers."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "run" / "daemon.json"
        environment = os.environ | {"SFUMATO_DATA_DIR": f"{folder}/data", "SFUMATO_RUNTIME_DIR": f"{folder}/run"}
        begun = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-m", "sfumato.daemon"], env=environment, stderr=subprocess.DEVNULL
        ) as front:
            while not told.exists():
                time.sleep(0.001)
            seconds = time.perf_counter() - begun
            front.terminate()
    return seconds


def first_picture_s() -> float:
    """Seconds from nothing at all (no daemon, no worker, no model in memory) to a 256x256 picture."""
    begun = time.perf_counter()
    with own_daemon() as studio:
        studio.generate("mossy red brick wall", seed=7)
        return time.perf_counter() - begun


def main() -> None:
    """Fifteen runs each; three of the first picture."""
    figures = {
        "bare_python": report.summary([bare_s() for _ in range(RUNS)]),
        "help": report.summary([help_s() for _ in range(RUNS)]),
        "front_ready": report.summary([front_s() for _ in range(RUNS)]),
        "first_picture": report.summary([first_picture_s() for _ in range(3)]),
    }
    report.write("cold_start", figures)


if __name__ == "__main__":
    main()
