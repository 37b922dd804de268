"""The one thread that writes to the journal: all work that waits together is committed together."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final

from sfumato.errors import StorageFull

Work = Callable[[sqlite3.Connection], Any]

#: Most work that one transaction takes, so that the first of a flood does not wait for the last.
_BATCH: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    work: Work
    synced: bool
    outcome: Future[Any]


class CommitThread:
    """Runs pieces of work against one SQLite connection, in the order in which they were handed in.

    Work that is `synced` is on the disk when its future is done; other work survives this process, and a loss
    of power from the next synced commit on.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def submit(self, work: Work, *, synced: bool) -> Future[Any]:
        """Queue work; it is done even if nobody waits for it. Its future raises StorageFull or sqlite3.Error."""
        outcome: Future[Any] = Future()
        outcome.set_running_or_notify_cancel()
        self._orders.put(_Order(work=work, synced=synced, outcome=outcome))
        return outcome

    def close(self) -> None:
        """Return when everything that was submitted is committed."""
        self._orders.put(None)
        self._thread.join()

    def _run(self) -> None:
        connection = self._connect()
        ending = False
        while not ending:
            batch, ending = self._next_batch()
            if batch:
                _commit(connection, batch)
        connection.close()

    def _next_batch(self) -> tuple[list[_Order], bool]:
        batch: list[_Order] = []
        order = self._orders.get()
        while order is not None:
            batch.append(order)
            if len(batch) == _BATCH or self._orders.empty():
                return batch, False
            order = self._orders.get()
        return batch, True


def _commit(connection: sqlite3.Connection, batch: Sequence[_Order]) -> None:
    synced = any(order.synced for order in batch)
    try:
        connection.execute(f"PRAGMA synchronous = {'FULL' if synced else 'NORMAL'}")
        connection.execute("BEGIN IMMEDIATE")
        results = [_attempt(connection, order.work) for order in batch]
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if len(batch) > 1:
            for order in batch:
                _commit(connection, [order])
            return
        results = [error]
    for order, result in zip(batch, results, strict=True):
        if isinstance(result, Exception):
            order.outcome.set_exception(_named(result))
        else:
            order.outcome.set_result(result)


def _attempt(connection: sqlite3.Connection, work: Work) -> Any:
    """Work's result, or the exception that it raised, with its own changes undone and no others."""
    connection.execute("SAVEPOINT work")
    try:
        result = work(connection)
    except Exception as error:  # the next piece of work must not pay for it; the future tells
        if not connection.in_transaction:  # a full disk undoes everything
            raise
        connection.execute("ROLLBACK TO work")
        result = error
    connection.execute("RELEASE work")
    return result


def _named(error: Exception) -> Exception:
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return StorageFull("no room on the disk for the journal; free some space and try again", what="journal")
    return error
