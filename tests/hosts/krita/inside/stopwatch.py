"""Times every turn that the adapter takes on Krita's main thread."""

import functools
import time

from sfumato.ask_panel import AskPanel
from sfumato.atelier import Atelier
from sfumato.chain_section import FinishSection
from sfumato.chores import Chores
from sfumato.core.studio import Studio
from sfumato.docker import SfumatoDocker
from sfumato.job_list import JobList
from sfumato.keepsakes import Keepsakes
from sfumato.krita_host import KritaHost
from sfumato.overlay import Overlay
from sfumato.result_list import ResultList
from sfumato.section import Section
from sfumato.status_strip import StatusStrip

#: Where Qt enters the adapter by itself while jobs run: events from the bridge, timers, painting.
_ENTRANCES = [
    (Atelier, "_drain"),
    (Atelier, "_tick"),
    (Atelier, "look"),
    (AskPanel, "ask"),
    (Chores, "_turn"),
    (Keepsakes, "_keep"),
    (Overlay, "paintEvent"),
    (Overlay, "_follow"),
    (ResultList, "_clicked"),
    (SfumatoDocker, "canvasChanged"),
]
#: What those turns are made of, to find out where time goes.
_PARTS = [
    (StatusStrip, "refresh"),
    (JobList, "refresh"),
    (ResultList, "refresh"),
    (AskPanel, "load"),
    (FinishSection, "refresh"),
    (Section, "load_soon"),
    (KritaHost, "preview"),
    (KritaHost, "persist"),
    (KritaHost, "capture"),
    (Studio, "_take"),
]
turns = []
parts = []


def wind_up():
    """Begin to measure; before Krita makes any of these."""
    for found, methods in ((turns, _ENTRANCES), (parts, _PARTS)):
        for owner, name in methods:
            setattr(owner, name, _timed(found, f"{owner.__name__}.{name}", getattr(owner, name)))


def percentile(share, of):
    """Milliseconds that this share of the turns stayed under; `of` 1 is by the clock, 2 is of the processor."""
    lengths = sorted(turn[of] for turn in turns)
    return lengths[min(len(lengths) - 1, int(share * len(lengths)))]


def longest(of, count=12):
    """The slowest, by name."""
    return sorted(of, key=lambda turn: -turn[2])[:count]


def _timed(found, name, method):
    @functools.wraps(method)
    def timed(*arguments):
        began, worked = time.perf_counter(), time.thread_time()
        try:
            return method(*arguments)
        finally:
            lasted, work = time.perf_counter() - began, time.thread_time() - worked
            found.append((name, round(1000 * lasted, 2), round(1000 * work, 2)))

    return timed
