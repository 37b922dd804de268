"""Jobs that are under way, on disk: a program that is killed takes them up again when it is started the next time."""

import contextlib
import json
import os
import uuid
from pathlib import Path
from typing import IO, Any, Dict, List, NamedTuple, Optional

from .history import Waiting, waiting_from, waiting_to
from .host import Document
from .presets import write_whole

VERSION = 1


class Orphan(NamedTuple):
    """A job whose program ended before it did, and the document that it was asked for in."""

    document: Document
    waiting: Waiting


class Pending:
    """The open jobs of one running program, in a file of its own that is locked while the program lives.

    A file that nobody holds belongs to a program that is gone: `orphans` takes over what is in it. Where the folder
    cannot be written, nothing is kept, and nothing else is different.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "jobs"
        self._name = uuid.uuid4().hex[:12]
        self._lock: Optional[IO[bytes]] = None
        self._rows: Dict[str, Orphan] = {}

    def put(self, document: Document, waiting: Waiting) -> None:
        """Remember an open job, or how far it is."""
        self._rows[waiting.ticket] = Orphan(document, waiting)
        self._write()

    def drop(self, ticket: str) -> None:
        """The job has ended."""
        if self._rows.pop(ticket, None):
            self._write()

    def orphans(self) -> List[Orphan]:
        """Take over the jobs of programs that are gone; they are ours from now on."""
        found: List[Orphan] = []
        for path in sorted(self._folder.glob("*.json")) if self._folder.is_dir() else ():
            if path.stem != self._name:
                found += _taken_over(path)
        self._rows.update({each.waiting.ticket: each for each in found})
        if found:
            self._write()
        return found

    def close(self) -> None:
        """Let the file go; where jobs are still open, the next program finds them."""
        if self._lock:
            self._lock.close()
            self._lock = None
        if not self._rows:
            _remove(self._folder / f"{self._name}.json")

    def _write(self) -> None:
        rows = [
            {"document": each.document._asdict(), "waiting": waiting_to(each.waiting)} for each in self._rows.values()
        ]
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if self._lock is None:
                self._lock = _locked(self._folder / f"{self._name}.lock")
            write_whole(self._folder / f"{self._name}.json", json.dumps({"version": VERSION, "jobs": rows}).encode())
        except OSError:
            return


def _taken_over(path: Path) -> List[Orphan]:
    lock = _locked(path.with_suffix(".lock"))
    if lock is None:
        return []
    with lock:
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = None
        _remove(path)
    rows = found.get("jobs") if isinstance(found, dict) else None
    orphans = [_orphan(row) for row in rows] if isinstance(rows, list) else []
    return [each for each in orphans if each]


def _orphan(row: Any) -> Optional[Orphan]:
    waiting = waiting_from(row.get("waiting")) if isinstance(row, dict) else None
    try:
        return Orphan(Document(**row["document"]), waiting) if waiting else None
    except (KeyError, TypeError):
        return None


def _locked(path: Path) -> Optional[IO[bytes]]:
    """The file, held by this process until it is closed or the process ends; None where another one holds it."""
    stream = path.open("a+b")
    try:
        if os.name == "nt":
            import msvcrt

            stream.seek(0)
            getattr(msvcrt, "locking")(stream.fileno(), getattr(msvcrt, "LK_NBLCK"), 1)  # noqa: B009
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        stream.close()
        return None
    return stream


def _remove(path: Path) -> None:
    for each in (path, path.with_suffix(".lock")):
        with contextlib.suppress(OSError):
            each.unlink()
