"""What adapter core and bridge add: from asking for a region to the worker's start, and what the main thread pays.

A host of memory asks for a refinement of a 1024x1024 region of a 4096x4096 canvas, inside a selection, from a real
daemon with Ground; jobs are cancelled once they have started, the last is drawn to its end. Pixels come from and go to
memory, so that a host's own capturing and placing is not in the figures.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Final

from benchmarks import report
from benchmarks.own_daemon import own_daemon
from host_adapters.core.geometry import Bounds
from host_adapters.core.host import Document, Layer, Picture
from host_adapters.core.session import Session
from host_adapters.core.studio import Studio
from host_adapters.core.workspace import Workspace
from tests.host_core.fake_host import FakeHost

SIDE_PX: Final = 1024
ROUNDS: Final = 50


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


class Desk:
    """An adapter without windows, which notes the seconds of every turn of its main thread."""

    def __init__(self) -> None:
        self._woken = threading.Event()
        self.turns: list[float] = []
        self.session = Session("bench", "1", lambda: [sys.executable, "-P", "-m", "sfumato.bridge"], self._woken.set)
        self.host = Memory(SIDE_PX)
        self.studio = Studio(self.host, self.session)

    def until(self, true: Callable[[], object]) -> None:
        """Drain whenever the bridge has said something."""
        while not true():
            self._woken.wait(1)
            self._woken.clear()
            begun = time.perf_counter()
            self.studio.drain()
            self.turns.append(time.perf_counter() - begun)

    def ask(self, workspace: Workspace) -> tuple[float, float]:
        """Seconds of the main thread, and until the worker had begun, of one job that is then cancelled."""
        self.host.pixels = os.urandom(16) + self.host.pixels[16:]
        begun = time.perf_counter()
        job = self.studio.jobs.get(self.studio.submit(workspace))
        submitted = time.perf_counter()
        self.until(lambda: job.state == "running")
        started = time.perf_counter()
        self.studio.cancel(job.ticket)
        self.until(lambda: not job.open)
        return submitted - begun, started - begun


def refinement() -> Workspace:
    """What is asked for in every round."""
    workspace = Workspace(mode="refine", prompt="moss", steps=8, native_size=False, limit_px=SIDE_PX * SIDE_PX)
    workspace.context = workspace.context._replace(mode="selection")
    workspace.edge = workspace.edge._replace(grow_px=16, feather_px=16, feather_share=0.0)
    return workspace


def main() -> None:
    """Fifty rounds after one to warm up, then one job to its end."""
    with own_daemon():
        desk = Desk()
        desk.studio.start()
        desk.until(lambda: desk.session.catalogue.models)
        rounds = [desk.ask(refinement()) for _ in range(ROUNDS + 1)][1:]
        last = desk.studio.jobs.get(desk.studio.submit(refinement()))
        desk.until(lambda: not last.open)
        desk.studio.stop()
    submits, starts = zip(*rounds, strict=True)
    columns = {"asked_to_started": starts, "main_thread_submit": submits, "main_thread_drain": desk.turns}
    report.write("adapter_core", {name: milliseconds(column) for name, column in columns.items()})


def milliseconds(seconds: list[float]) -> dict[str, float]:
    """Median and 99th percentile."""
    ordered = sorted(seconds)
    high = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return {"median_ms": round(1e3 * ordered[len(ordered) // 2], 2), "p99_ms": round(1e3 * high, 2)}


if __name__ == "__main__":
    main()
