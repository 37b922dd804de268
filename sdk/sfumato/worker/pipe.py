"""The worker's end of the pipe: standard streams moved out of the plugins' reach, and a thread that reads orders."""

from __future__ import annotations

import os
import queue
import sys
import threading
from io import FileIO
from typing import Any, BinaryIO, Final

from sfumato import frames

#: How long the engine may go on after the front has gone; a plugin that hangs must not outlive it.
GRACE_S: Final = 10.0

Frame = tuple[dict[str, Any], bytes]


def claim_standard_streams() -> tuple[BinaryIO, FileIO]:
    """Take stdin and stdout for frames. Whatever else prints now prints to stderr, and reads nothing.

    Call it before any plugin is imported.
    """
    orders, reports = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return os.fdopen(orders, "rb"), os.fdopen(reports, "wb", buffering=0)


class Inbox:
    """Orders from the front, in the order of their arrival. None is the last: the front has gone."""

    def __init__(self, stream: BinaryIO, *, grace_s: float = GRACE_S) -> None:
        self._stream = stream
        self._grace_s = grace_s
        self._orders: queue.SimpleQueue[Frame | None] = queue.SimpleQueue()
        self._ended = threading.Event()
        threading.Thread(target=self._read, name="inbox", daemon=True).start()

    def get(self, *, wait: bool) -> Frame | None:
        """The next order. Raises queue.Empty where there is none and `wait` is false."""
        return self._orders.get(block=wait)

    def put(self, frame: Frame) -> None:
        """Hand the worker an order of its own, from another of its threads."""
        self._orders.put(frame)

    def wake(self) -> None:
        """Let whoever waits for an order look around: an order that asks for nothing. [any thread]"""
        self._orders.put(({"op": "wake"}, b""))

    def close(self) -> None:
        """The worker is ending in good order."""
        self._ended.set()

    def _read(self) -> None:
        try:
            while frame := frames.read(self._stream):
                self._orders.put(frame)
        except (OSError, frames.FrameError) as error:
            print(f"worker: the front's frames cannot be read: {error}", file=sys.stderr)
        self._orders.put(None)
        if not self._ended.wait(self._grace_s):
            os._exit(1)
