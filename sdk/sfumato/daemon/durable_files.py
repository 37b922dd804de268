"""Files that are there whole or not at all, on a disk that may be full or lose its power."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from sfumato.errors import StorageFull

_FULL: Final = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})


@contextlib.contextmanager
def naming_a_full_disk(what: str) -> Iterator[None]:
    """Turn the operating system's word for a full disk or quota into StorageFull."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        said = f"no room on the disk for {what}; free some space and send it again"
        raise StorageFull(said, what=what) from error


def write_whole(path: Path, data: bytes, *, synced: bool = True) -> None:
    """Put `data` at `path` in one stroke. Unsynced it survives this process, synced a loss of power too.

    Raises StorageFull, and leaves nothing half-written behind.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_beside(path.parent, data, synced=synced).replace(path)
    if synced:
        sync_folder(path.parent)


def write_beside(folder: Path, data: bytes, *, synced: bool = False) -> Path:
    """A new file in `folder` that waits for its name. Raises StorageFull, and leaves nothing behind."""
    growing = folder / f"{secrets.token_hex(8)}.tmp"
    try:
        with naming_a_full_disk(f"{len(data)} bytes"), open(growing, "xb", opener=owner_only) as stream:
            stream.write(data)
            if synced:
                sync(stream)
    except BaseException:
        growing.unlink(missing_ok=True)
        raise
    return growing


def owner_only(path: str, flags: int) -> int:
    """An opener for files that nobody else may read."""
    return os.open(path, flags, 0o600)


def sync(stream: BinaryIO) -> None:
    """Return when everything written to the file is on the disk."""
    stream.flush()
    os.fsync(stream.fileno())


def move_synced(source: Path, target: Path) -> None:
    """Move a finished file to its place so that a loss of power leaves it in one of the two, whole."""
    with source.open("rb+") as stream:
        sync(stream)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    source.replace(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make a folder's new names survive a loss of power, where the platform can sync a folder."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
