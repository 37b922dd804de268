"""What adapter core and bridge add: from asking for a region to the worker's start, and what the main thread pays.

    python benchmarks/adapter_core.py [--side 1024] [--rounds 15]

A host of memory asks for a refinement of a region of a 4096x4096 canvas, inside a selection, from a real daemon with
Ground; jobs are cancelled once they have started. Pixels come from and go to memory, so that a host's own capturing
and placing is not in the figures.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import sfumato
from host_adapters.core.geometry import Bounds
from host_adapters.core.host import Document, Layer, Picture
from host_adapters.core.session import Session
from host_adapters.core.studio import Studio
from host_adapters.core.workspace import Workspace
from tests.host_core.fake_host import FakeHost


class Memory(FakeHost):
    """A large document whose pixels are there already."""

    def __init__(self, side_px: int) -> None:
        super().__init__()
        self.side_px, self.pixels = side_px, b"\xff" * (side_px * side_px * 4)
        self.create(width_px=8, height_px=8)
        self.current.document = Document("one", "Large", 4096, 4096)
        self.select(1024 + 32, 1024 + 32, side_px - 64, side_px - 64)

    def capture(self, document: Document, bounds: Bounds, layer: Layer | None = None) -> Picture:
        """The same pixels for every region of the side that is measured."""
        assert bounds.area_px == self.side_px**2, bounds
        return Picture(bounds.width_px, bounds.height_px, "rgba8", self.pixels)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(SFUMATO_DATA_DIR=f"{folder}/data", SFUMATO_RUNTIME_DIR=f"{folder}/run")
        measure(given.side, given.rounds)


def measure(side_px: int, rounds: int) -> None:
    """Ask, wait for the start, cancel, again and again; then once to the end."""
    woken = threading.Event()
    turns: list[float] = []
    submits: list[float] = []
    starts: list[float] = []
    session = Session("bench", "1", lambda: [sys.executable, "-P", "-m", "sfumato.bridge"], woken.set)
    studio = Studio(Memory(side_px), session)

    def until(true: Callable[[], object]) -> None:
        while not true():
            woken.wait(1)
            woken.clear()
            begun = time.perf_counter()
            studio.drain()
            turns.append(time.perf_counter() - begun)

    studio.start()
    until(lambda: session.catalogue.models)
    workspace = Workspace(mode="refine", prompt="moss", steps=8, native_size=False, limit_px=side_px * side_px)
    workspace.context = workspace.context._replace(mode="selection")
    workspace.edge = workspace.edge._replace(grow_px=16, feather_px=16, feather_share=0.0)
    for index in range(rounds + 1):
        studio.host.pixels = os.urandom(16) + studio.host.pixels[16:]
        begun = time.perf_counter()
        ticket = studio.submit(workspace)
        submitted = time.perf_counter()
        job = studio.jobs.get(ticket)
        until(lambda job=job: job.state == "running")
        if index:
            submits.append(submitted - begun)
            starts.append(time.perf_counter() - begun)
        studio.cancel(ticket)
        until(lambda job=job: not job.open)
    last = studio.submit(workspace)
    until(lambda: not studio.jobs.get(last).open)
    studio.stop()
    with sfumato.connect() as client:
        client.shut_down()
    show("asked to started", starts)
    show("main thread, submit", submits)
    show("main thread, drain", turns)


def show(name: str, seconds: list[float]) -> None:
    """One line of the table."""
    ordered = sorted(seconds)
    high = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    print(f"{name:22} median {statistics.median(ordered) * 1e3:8.2f} ms   p99 {high * 1e3:8.2f} ms   n {len(ordered)}")


if __name__ == "__main__":
    main()
