"""Downloads from the hub, beside the engine: a job that runs goes on meanwhile."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any, Final, Protocol

from sfumato.engine.hub import Snapshot, Told
from sfumato.errors import JobCancelled

_TELL_EVERY_S: Final = 0.1

Order = dict[str, Any]


class Fetch(Protocol):
    """What downloads; `sfumato.engine.hub.fetch` outside of tests."""

    def __call__(self, name: str, *, told: Told) -> Snapshot:
        """Download a model by its name on the hub."""
        ...


class Downloads:
    """One download after the other, on a thread of its own.

    `done` is called there with the order and its snapshot, or what went wrong; not for an order that was dropped.
    """

    def __init__(
        self, fetch: Fetch, report: Callable[[Order], None], done: Callable[[Order, Snapshot | Exception], None]
    ) -> None:
        self._fetch = fetch
        self._report = report
        self._done = done
        self._dropped: set[int] = set()
        self._orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
        threading.Thread(target=self._work, name="downloads", daemon=True).start()

    def begin(self, order: Order) -> None:
        """Download `order["path"]` in its turn."""
        self._orders.put(order)

    def drop(self, request: int) -> None:
        """Give a download up before its next bytes; what has come stays for the next attempt."""
        self._dropped.add(request)

    def _work(self) -> None:
        while True:
            order = self._orders.get()
            outcome: Snapshot | Exception
            try:
                outcome = self._fetch(order["path"], told=self._teller(order["request"]))
            except Exception as error:  # whoever asked is told, and the next download is not to suffer
                outcome = error
            if order["request"] not in self._dropped:
                self._done(order, outcome)
            self._dropped.discard(order["request"])

    def _teller(self, request: int) -> Told:
        """Reports progress now and then, and ends the download when it was dropped."""
        last_s = float("-inf")

        def told(done: int, total: int) -> None:
            nonlocal last_s
            if request in self._dropped:
                raise JobCancelled("the download was dropped")
            now_s = time.monotonic()
            if now_s - last_s >= _TELL_EVERY_S or done == total:
                last_s = now_s
                self._report({"op": "progress", "request": request, "done": done, "total": total})

        return told
