"""The end of the parent: noticed where stdin stays open because others have inherited it."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Final

_LOOK_S: Final = 1.0


def watch_parent(end: Callable[[], None]) -> None:
    """Call `end`, from a thread, when the process that started this one is gone."""
    wait = _wait_windows if sys.platform == "win32" else _wait_posix
    threading.Thread(target=_watch, args=(wait, os.getppid(), end), name="parent", daemon=True).start()


def _watch(wait: Callable[[int], None], parent: int, end: Callable[[], None]) -> None:
    wait(parent)
    end()


def _wait_posix(parent: int) -> None:
    """A signal at the parent's death would come at that of its thread already, so the parent is looked at."""
    while os.getppid() == parent:
        time.sleep(_LOOK_S)


def _wait_windows(parent: int) -> None:
    import ctypes

    synchronize, infinite = 0x00100000, 0xFFFFFFFF
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    handle = kernel.OpenProcess(synchronize, False, parent)
    if handle:
        kernel.WaitForSingleObject(handle, infinite)
