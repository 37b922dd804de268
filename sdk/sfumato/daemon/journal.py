"""The journal: what of jobs and their events survives the end of this process."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

from sfumato import errors
from sfumato.daemon.commit_thread import CommitThread, Work
from sfumato.daemon.event_feed import Event
from sfumato.daemon.job_record import QUEUED, RUNNING, Artifact, JobRecord, JobState
from sfumato.daemon.schema import open_journal, open_reader
from sfumato.errors import SfumatoError
from sfumato.recipe import Recipe

T = TypeVar("T")

_SELECT: Final = """
    SELECT sequence, id, request_id, request_digest, recipe, priority, state, create_ns, end_ns, crash_count,
           cancelling, error, (SELECT max(number) FROM events WHERE job = jobs.id)
    FROM jobs
"""


class Journal:
    """Jobs, their events and artifacts in SQLite. Writing methods queue at once, in the order of the calls.

    Await what they return to know that it is done; all raise StorageFull.
    """

    def __init__(self, path: Path) -> None:
        writer = open_journal(path)
        self._commits = CommitThread(lambda: writer)
        self._glancer = open_reader(path)
        self._reader = open_reader(path)
        self._reading = ThreadPoolExecutor(1, "journal-reader")

    def close(self) -> None:
        """Return when everything is written."""
        self._reading.shutdown()
        self._reader.close()
        self._glancer.close()
        self._commits.close()

    def accept(self, record: JobRecord, queued: Event) -> asyncio.Future[int]:
        """Write a new job down, synced; the future holds its sequence number."""
        return self._write(lambda connection: _insert(connection, record, queued), synced=True)

    def save(self, record: JobRecord, *events: Event, synced: bool = False) -> asyncio.Future[None]:
        """Write down how a job stands now, with the events that brought it there."""
        return self._write(lambda connection: _update(connection, record, events), synced=synced)

    def settle(self, job_id: str) -> asyncio.Future[None]:
        """The assets of this job, which has ended, are on the disk. Synced."""
        return self._write(lambda connection: _execute(connection, _SETTLE, (job_id,)), synced=True)

    def take_back(self, record: JobRecord, images: Iterable[int], events: Iterable[Event]) -> asyncio.Future[None]:
        """Write down how a job stands without these images and events, whose bytes a loss of power has taken."""
        return self._write(lambda connection: _take_back(connection, record, images, events), synced=True)

    def forget(self, *, ended_before_ns: int, keep: int) -> asyncio.Future[int]:
        """Delete jobs that ended before a time, and all but the newest `keep` that ended; how many they were."""
        return self._write(lambda connection: _forget(connection, ended_before_ns, keep), synced=False)

    def find(self, job_id: str) -> JobRecord | None:
        """One job. A look into an index takes less time than asking another thread for it."""
        return next(iter(_records(self._glancer, "WHERE id = ?", (job_id,))), None)

    def find_request(self, request_id: str) -> JobRecord | None:
        """The job that a request id made."""
        return next(iter(_records(self._glancer, "WHERE request_id = ?", (request_id,))), None)

    async def page(self, state: JobState | None, before: int, size: int) -> list[JobRecord]:
        """The newest `size` jobs in `state` (None for any) with a sequence number below `before`, newest first."""
        where = "WHERE sequence < ? AND (? IS NULL OR state = ?) ORDER BY sequence DESC LIMIT ?"
        return await self._read(lambda reader: _records(reader, where, (before, state, state, size)))

    async def events(self, job_id: str, after: int) -> list[Event]:
        """A job's journaled events with a number above `after`."""
        return await self._read(lambda reader: _events(reader, job_id, after))

    async def assets_in_use(self) -> set[str]:
        """The assets that any job names."""
        return await self._read(lambda reader: {sha256 for (sha256,) in reader.execute(_IN_USE)})

    def unsettled(self) -> list[tuple[JobRecord, list[Event]]]:
        """Jobs that have not ended, and those whose assets may not be on the disk, in the order of acceptance.

        It blocks: it belongs into the start of the daemon.
        """
        records = _records(self._reader, "WHERE settled = 0 ORDER BY sequence", ())
        return [(record, _events(self._reader, record.id, 0)) for record in records]

    def _write(self, work: Work, *, synced: bool) -> asyncio.Future[Any]:
        return asyncio.wrap_future(self._commits.submit(work, synced=synced))

    async def _read(self, read: Callable[[sqlite3.Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reading, read, self._reader)


_SETTLE: Final = "UPDATE jobs SET settled = 1 WHERE id = ?"
_IN_USE: Final = "SELECT sha256 FROM inputs UNION SELECT sha256 FROM artifacts"


def _execute(connection: sqlite3.Connection, statement: str, values: tuple[Any, ...]) -> None:
    connection.execute(statement, values)


def _insert(connection: sqlite3.Connection, record: JobRecord, queued: Event) -> int:
    row = (
        record.id, record.request_id, record.request_digest, json.dumps(record.recipe.to_json()), record.priority,
        record.state, record.create_ns,
    )  # fmt: skip
    columns = "id, request_id, request_digest, recipe, priority, state, create_ns"
    cursor = connection.execute(f"INSERT INTO jobs ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    connection.executemany("INSERT INTO inputs VALUES (?, ?)", [(record.id, sha256) for sha256 in record.inputs])
    _append(connection, record.id, [queued])
    return int(cursor.lastrowid or 0)


def _update(connection: sqlite3.Connection, record: JobRecord, events: Iterable[Event]) -> None:
    error = json.dumps(record.error.to_json()) if record.error else None
    connection.execute(
        "UPDATE jobs SET state = ?, end_ns = ?, crash_count = ?, cancelling = ?, error = ? WHERE id = ?",
        (record.state, record.end_ns, record.crash_count, record.cancelling, error, record.id),
    )
    rows = [(record.id, a.image_index, a.layer_index, a.sha256, a.SerializeToString()) for a in record.artifacts]
    connection.executemany("INSERT OR REPLACE INTO artifacts VALUES (?, ?, ?, ?, ?)", rows)
    _append(connection, record.id, events)


def _append(connection: sqlite3.Connection, job_id: str, events: Iterable[Event]) -> None:
    rows = [(job_id, event.event, event.SerializeToString()) for event in events]
    connection.executemany("INSERT INTO events VALUES (?, ?, ?)", rows)


def _take_back(
    connection: sqlite3.Connection, record: JobRecord, images: Iterable[int], events: Iterable[Event]
) -> None:
    lost = [(record.id, index) for index in images]
    connection.executemany("DELETE FROM artifacts WHERE job = ? AND image_index = ?", lost)
    gone = [(record.id, event.event) for event in events]
    connection.executemany("DELETE FROM events WHERE job = ? AND number = ?", gone)
    _update(connection, record, ())


def _forget(connection: sqlite3.Connection, ended_before_ns: int, keep: int) -> int:
    ended = f"settled = 1 AND state NOT IN ({QUEUED}, {RUNNING})"
    newest = f"SELECT id FROM jobs WHERE {ended} ORDER BY sequence DESC LIMIT ?"
    where = f"{ended} AND (end_ns < ? OR id NOT IN ({newest}))"
    return connection.execute(f"DELETE FROM jobs WHERE {where}", (ended_before_ns, keep)).rowcount


def _records(reader: sqlite3.Connection, where: str, values: tuple[Any, ...]) -> list[JobRecord]:
    return [_record(reader, row) for row in reader.execute(f"{_SELECT} {where}", values).fetchall()]


def _record(reader: sqlite3.Connection, row: tuple[Any, ...]) -> JobRecord:
    (
        sequence, job_id, request_id, request_digest, recipe, priority, state, create_ns, end_ns, crash_count,
        cancelling, error, last_event,
    ) = row  # fmt: skip
    inputs = reader.execute("SELECT sha256 FROM inputs WHERE job = ?", (job_id,))
    bodies = reader.execute("SELECT body FROM artifacts WHERE job = ? ORDER BY image_index, layer_index", (job_id,))
    return JobRecord(
        sequence=sequence,
        id=job_id,
        request_id=request_id,
        request_digest=request_digest,
        recipe=Recipe.from_json(json.loads(recipe)),
        inputs=tuple(sha256 for (sha256,) in inputs),
        priority=priority,
        state=state,
        create_ns=create_ns,
        end_ns=end_ns,
        crash_count=crash_count,
        cancelling=bool(cancelling),
        error=_error(error),
        artifacts=tuple(Artifact.FromString(body) for (body,) in bodies),
        last_event=last_event or 0,
    )


def _error(text: str | None) -> SfumatoError | None:
    return errors.from_json(json.loads(text)) if text else None


def _events(reader: sqlite3.Connection, job_id: str, after: int) -> list[Event]:
    rows = reader.execute("SELECT body FROM events WHERE job = ? AND number > ? ORDER BY number", (job_id, after))
    return [Event.FromString(body) for (body,) in rows]
