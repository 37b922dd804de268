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


def begin():
    """Forget what was measured until now."""
    turns.clear()
    parts.clear()


def summary():
    """Milliseconds by the clock and of the processor: of all turns, and of each kind of turn and part by its name."""
    return {"all": _figures(turns), "turns": _by_name(turns), "parts": _by_name(parts)}


def _by_name(found):
    names = sorted({turn[0] for turn in found})
    return {name: _figures([turn for turn in found if turn[0] == name]) for name in names}


def _figures(found):
    clock, processor = (sorted(turn[of] for turn in found) for of in (1, 2))
    return {
        "count": len(found),
        "p50_ms": _percentile(clock, 0.5),
        "p99_ms": _percentile(clock, 0.99),
        "p99_processor_ms": _percentile(processor, 0.99),
        "longest_ms": clock[-1],
        "longest_processor_ms": processor[-1],
    }


def _percentile(ordered, share):
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


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
