"""The warden: a process that has imported torch once, and tries every case in a process of its own made from that.

It reads orders from standard input and answers each with a verdict, one JSON text a line. Where there is no fork
(Windows), and for bare checks, each case gets a fresh interpreter instead, which takes longer and finds the same.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sfumato.testing.case import Case
from sfumato.testing.cell import try_order
from sfumato.testing.outcome import Verdict

_CAN_FORK = hasattr(os, "fork")
#: By these the warden is told to go.
_DISMISSALS = (signal.SIGTERM, signal.SIGINT)


def tried(order: Mapping[str, Any]) -> Any:
    """The verdict on an order, whatever becomes of the process that tries it."""
    case, started = Case(**order["case"]), time.monotonic()
    trial = _in_fork if _CAN_FORK and not case.bare else _in_fresh_process
    data, ending = trial(order, case.time_limit_s)
    if not ending:
        told: dict[str, Any] = json.loads(data)
        _learn(told["took"])
        return told["verdict"]
    verdict = Verdict(case=case, outcome="crashed", said=ending)
    return replace(verdict, elapsed_s=round(time.monotonic() - started, 3)).to_json()


def _learn(modules: Sequence[str]) -> None:
    """Import what a case took seconds to import, so that the next one finds it here."""
    for name in modules if _CAN_FORK else ():
        if name not in sys.modules:
            with suppress(Exception):
                importlib.import_module(name)


def _in_fresh_process(order: Mapping[str, Any], time_limit_s: float) -> tuple[bytes, str]:
    """What a new interpreter answered, and in which bad way it ended; one of both is empty."""
    command = [sys.executable, "-m", "sfumato.testing.cell"]
    try:
        ended = subprocess.run(command, input=json.dumps(order).encode(), stdout=-1, stderr=-1, timeout=time_limit_s)
    except subprocess.TimeoutExpired:
        return b"", _late(time_limit_s)
    return ended.stdout, "" if ended.returncode == 0 else f"{_death(ended.returncode)}{_last_line(ended.stderr)}"


def _last_line(errors: bytes) -> str:
    lines = errors.decode(errors="replace").strip().splitlines()
    return f": {lines[-1]}" if lines else ""


def _in_fork(order: Mapping[str, Any], time_limit_s: float) -> tuple[bytes, str]:
    """The same from a copy of this process, in which everything that takes long to import is there already."""
    importlib.import_module("sfumato.testing.cases")
    reading, writing = os.pipe()
    # Told to go just here, the warden would leave behind a cell that nobody ends.
    signal.pthread_sigmask(signal.SIG_BLOCK, _DISMISSALS)
    child = os.fork()
    if child == 0:
        _be_the_cell(order, writing)
    data, in_time = b"", False
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _DISMISSALS)
        os.close(writing)
        data, in_time = _read(reading, time.monotonic() + time_limit_s)
    finally:
        # Nobody else would end a cell that hangs when the warden itself is told to go.
        os.close(reading)
        if not in_time:
            _kill(child)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if not in_time:
        return b"", _late(time_limit_s)
    return data, "" if code == 0 and data else _death(code)


def _be_the_cell(order: Mapping[str, Any], writing: int) -> None:
    """Answer through the pipe, and end. Never returns."""
    code = 1
    try:
        os.setsid()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _DISMISSALS)
        import torch

        torch.set_num_threads(1)
        with os.fdopen(writing, "w") as answer:
            json.dump(try_order(order), answer)
        code = 0
    finally:
        os._exit(code)


def _read(reading: int, until: float) -> tuple[bytes, bool]:
    """All that comes until the other end is closed, and whether that was in time."""
    data = b""
    while (left := until - time.monotonic()) > 0:
        if select.select([reading], [], [], left)[0]:
            more = os.read(reading, 65536)
            if not more:
                return data, True
            data += more
    return data, False


def _kill(child: int) -> None:
    """End the cell with all that it started."""
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:  # it has not come as far as to lead a group
        os.kill(child, signal.SIGKILL)


def _late(time_limit_s: float) -> str:
    return f"was not done after {time_limit_s:g} s, and was ended"


def _death(code: int) -> str:
    return f"ended the process by {signal.Signals(-code).name}" if code < 0 else f"ended the process with code {code}"


def main() -> None:
    """Answer orders until there are no more, or until it is told to go."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    with suppress(KeyboardInterrupt):
        for line in sys.stdin:
            print(json.dumps(tried(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
