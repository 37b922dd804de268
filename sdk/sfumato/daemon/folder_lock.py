"""One daemon per folder: a lock that the operating system lets go of when the process dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from sfumato.errors import StartRefused

#: The locked byte lies far behind the text, because Windows lets nobody read a locked byte.
_LOCKED_BYTE: Final = 2**30


class FolderLock:
    """A context manager that holds a folder's `daemon.lock`. The file tells the holder's process id.

    Entering makes the folder and raises StartRefused with the process id of the daemon that has the lock.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "daemon.lock"
        self._descriptor = -1

    def __enter__(self) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        if not _lock(descriptor):
            os.close(descriptor)
            raise self._taken()
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor

    def __exit__(self, *exception: object) -> None:
        # The file stays: removing it would race with the next daemon.
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)

    def _taken(self) -> StartRefused:
        holder = self._path.read_text(encoding="ascii") or "unknown"
        said = f"{self._path.parent} is in use by the daemon with process id {holder}; stop it, or use another folder"
        return StartRefused(said, holder=holder)


def claim_private_folder(folder: Path) -> None:
    """Make a folder that nobody else can look into. Raises StartRefused if there is one that others can."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if sys.platform == "win32":
        return
    status = folder.stat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise StartRefused(f"{folder} is not yours alone; give a --runtime-dir that is, or chmod 700 this one")


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        os.lseek(descriptor, 0, os.SEEK_SET)
        return True
else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
