"""`python -m sfumato.worker`: started by the front, which talks to it over stdin and stdout."""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
from typing import TYPE_CHECKING

import psutil

from sfumato.worker.imports import importing
from sfumato.worker.pipe import claim_standard_streams

if TYPE_CHECKING:
    from io import FileIO
    from typing import BinaryIO


def main() -> None:
    """Serve the front at the other end of the pipe."""
    orders, reports = claim_standard_streams()
    # Where the threads were goes to the log when a plugin's native code crashes, or the front ends what hangs.
    faulthandler.enable(2)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    os.environ.setdefault("OMP_NUM_THREADS", str(_physical_cores()))
    _give_way()
    _serve(orders, reports)


def _serve(orders: BinaryIO, reports: FileIO) -> None:
    with importing():
        from sfumato.worker.assembly import assemble, device_in_words

        worker = assemble(orders, reports)
    worker.run(device_in_words())


def _give_way() -> None:
    """Whoever paints, and the front that tells of cancels and strokes, come before a network that fills every core."""
    if sys.platform == "win32":
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(5)


def _physical_cores() -> int:
    """Hyper-threads share the units that a network keeps busy; more threads than cores only wait for each other."""
    allowed = len(psutil.Process().cpu_affinity()) if hasattr(psutil.Process, "cpu_affinity") else os.cpu_count() or 1
    return min(allowed, psutil.cpu_count(logical=False) or allowed)


if __name__ == "__main__":
    main()
