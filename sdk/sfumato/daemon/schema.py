"""The journal's tables, and how an older file becomes a new one."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from sfumato.errors import StartRefused

#: Step n brings a file of `user_version` n to n + 1. Never edit a step that was released; add one.
_STEPS: Final = (
    """
    CREATE TABLE jobs (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        request_id TEXT NOT NULL UNIQUE,
        request_digest TEXT NOT NULL,
        recipe TEXT NOT NULL,
        priority INTEGER NOT NULL,
        state INTEGER NOT NULL,
        create_ns INTEGER NOT NULL,
        end_ns INTEGER NOT NULL DEFAULT 0,
        crash_count INTEGER NOT NULL DEFAULT 0,
        cancelling INTEGER NOT NULL DEFAULT 0,
        error TEXT,
        -- 0 until the assets of a job that ended are known to be on the disk
        settled INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX jobs_by_state ON jobs (state, sequence);
    CREATE INDEX jobs_unsettled ON jobs (sequence) WHERE settled = 0;
    CREATE TABLE inputs (
        job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
        sha256 TEXT NOT NULL,
        PRIMARY KEY (job, sha256)
    ) WITHOUT ROWID;
    CREATE TABLE artifacts (
        job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
        image_index INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        body BLOB NOT NULL, -- sfumato.v1.Artifact
        PRIMARY KEY (job, image_index)
    ) WITHOUT ROWID;
    CREATE TABLE events (
        job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        body BLOB NOT NULL, -- sfumato.v1.WatchJobResponse
        PRIMARY KEY (job, number)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE artifacts RENAME TO artifacts_before;
    CREATE TABLE artifacts (
        job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
        image_index INTEGER NOT NULL,
        layer_index INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        body BLOB NOT NULL, -- sfumato.v1.Artifact
        PRIMARY KEY (job, image_index, layer_index)
    ) WITHOUT ROWID;
    INSERT INTO artifacts SELECT job, image_index, 0, sha256, body FROM artifacts_before;
    DROP TABLE artifacts_before;
    """,
)


def open_journal(path: Path) -> sqlite3.Connection:
    """A connection that writes, in WAL mode, on a file of the newest schema.

    Raises StartRefused for a file that a newer Sfumato wrote, or that is no journal at all.
    """
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        _migrate(connection, path)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise StartRefused(f"{path} cannot be used: {error}; move it away to start with an empty journal") from error
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(_STEPS):
        connection.close()
        raise StartRefused(f"{path} has schema {version}, this Sfumato knows {len(_STEPS)}; use the newer one")
    for number, step in enumerate(_STEPS[version:], start=version + 1):
        connection.executescript(f"BEGIN; {step} PRAGMA user_version = {number}; COMMIT;")


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that only reads; in WAL mode it neither waits for the writer nor holds it up."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
