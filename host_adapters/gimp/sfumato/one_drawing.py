"""One drawing from the question to its layers, for a procedure that returns when it is done."""

import time
from pathlib import Path
from typing import Callable, List, Optional

from connection import new_session
from core.asking import Refusal
from core.catalogue import Catalogue
from core.jobs import Job, Result
from core.studio import Studio
from core.workspace import Workspace
from gimp_host import GimpHost
from gimp_libraries import GLib

#: How long a daemon that cannot be reached is tried again before a procedure gives up, and one that is starting.
PATIENCE_S = 30
LONGEST_PATIENCE_S = 300

Prepare = Callable[[Catalogue], Workspace]


class DrawingFailed(Exception):
    """It did not work; the message says why, and what to do."""


class DrawingCancelled(Exception):
    """The artist cancelled it."""


class OneDrawing:
    """Runs a loop of its own until the job has ended. `watch` is called with the job whenever it went on."""

    def __init__(self, host: GimpHost, folder: Path, watch: Callable[[Optional[Job]], None] = lambda job: None) -> None:
        self._loop = GLib.MainLoop()
        self._session = new_session(folder, self._wake)
        self._studio = Studio(host, self._session)
        self._studio.on_finish = "nothing"
        self._studio.ends_jobs = True  # what GIMP stops, nobody will ask for again
        self._watch = watch
        self._prepare: Optional[Prepare] = None
        self._ticket: Optional[str] = None
        self._failure: Optional[Exception] = None
        self._gave_up = False
        self._began_s = 0.0

    def run(self, prepare: Prepare) -> List[Result]:
        """Ask once the daemon is there, and wait; the results. Raises DrawingFailed and DrawingCancelled."""
        self._prepare, self._began_s = prepare, time.monotonic()
        patience = GLib.timeout_add_seconds(PATIENCE_S, self._give_up)
        try:
            self._studio.start()
            self._advance()
            if self._failure is None:
                self._loop.run()
        finally:
            if not self._gave_up:
                GLib.source_remove(patience)
            self._studio.stop()
        if self._failure:
            raise self._failure
        return self._results()

    def cancel(self) -> None:
        """Stop the job, or the waiting for the daemon."""
        if self._ticket is None:
            self._end(DrawingCancelled())
        else:
            self._studio.cancel(self._ticket)

    @property
    def layers_of(self) -> Callable[[Result], Optional[str]]:
        """Makes a result a layer of its image; the layer's key."""
        return self._studio.apply

    @property
    def notice(self) -> str:
        """What the studio last had to say."""
        return self._studio.notice

    def _wake(self) -> None:
        GLib.idle_add(self._advance)

    def _advance(self) -> bool:
        self._studio.drain()
        state = self._session.state
        if state.name in ("missing", "incompatible", "crashed"):
            self._end(DrawingFailed(f"{state.title}: {state.words}"))
        elif self._ticket is None and state.name == "ready" and self._session.catalogue.models:
            self._ask()
        elif self._ticket is not None:
            self._look(self._studio.jobs.get(self._ticket))
        return False

    def _ask(self) -> None:
        assert self._prepare is not None
        try:
            self._ticket = self._studio.submit(self._prepare(self._session.catalogue))
        except Refusal as refusal:
            self._end(DrawingFailed(str(refusal)))
            return
        if self._ticket is None:
            self._end(DrawingFailed(self._studio.notice))

    def _look(self, job: Optional[Job]) -> None:
        self._watch(job)
        if job is None or job.open:
            return
        if job.state == "cancelled":
            self._end(DrawingCancelled())
        elif job.state == "failed":
            self._end(DrawingFailed(_fault_words(job)))
        else:
            self._end(None)

    def _end(self, failure: Optional[Exception]) -> None:
        self._failure = self._failure or failure
        self._loop.quit()

    def _give_up(self) -> bool:
        on_its_way = self._session.state.name in ("starting", "ready")
        if self._ticket is None and on_its_way and time.monotonic() - self._began_s < LONGEST_PATIENCE_S:
            return True
        self._gave_up = True
        if self._ticket is None:
            state = self._session.state
            self._end(DrawingFailed(f"{state.title}: {state.words}"))
        return False

    def _results(self) -> List[Result]:
        job = self._studio.jobs.get(self._ticket or "")
        return sorted(job.results, key=lambda each: (each.image_index, each.layer_index)) if job else []


def _fault_words(job: Job) -> str:
    if job.fault is None:
        return "The drawing failed, and nothing said why."
    rows = [f"{field}: {words}" for field, words in job.fault.fields.items()]
    return "\n".join([job.fault.message, *(row for row in rows if row not in job.fault.message)])
