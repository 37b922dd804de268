"""Assets on disk: bytes named by their sha256, in `assets/ab/cdef...`, whole and synced or not there at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from sfumato.daemon.durable_files import move_synced, write_beside
from sfumato.daemon.recent_results import RecentResults
from sfumato.errors import DataLoss, InvalidRecipe, NotFound

T = TypeVar("T")

MAX_ASSET_BYTES: Final = 256 * 2**20
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class AssetStore:
    """Methods block on the disk; call them on a thread.

    A result is first `unsettled`: whole and readable, but not yet synced, so that nobody waits for the disk.
    `settle` puts it in its place; `recover` does so after a restart, for bytes that are still what their name says.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._recent = RecentResults()
        self._hashing = ThreadPoolExecutor(1, "hashing")
        self._unsettled = folder / "unsettled"
        self._uploads = folder / "uploads"
        for place in (self._unsettled, self._uploads):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)

    def find(self, sha256: str, field: str = "sha256") -> Path:
        """Where the asset's bytes are. Raises NotFound, and InvalidRecipe for a name that is no sha256."""
        place = self.place(sha256, field)
        for path in (place, self._unsettled / sha256, place):  # it may be moved while we look
            if path.is_file():
                return path
        raise NotFound(f"no asset {sha256}; upload it first", sha256=sha256)

    def keep(self, sha256: str, field: str = "sha256") -> int:
        """The asset's size in bytes; it counts as new again, and is not collected under whoever just asked for it.

        Raises as `find`.
        """
        return self._found(sha256, field, _touched)

    def read(self, sha256: str, offset: int = 0, size: int = -1) -> bytes:
        """At most `size` of the asset's bytes from `offset` on; all that follow by default. Raises NotFound."""
        with self._found(sha256, "sha256", lambda path: path.open("rb")) as stream:
            stream.seek(offset)
            return stream.read(size)

    def add(self, data: bytes) -> str:
        """Keep a result, unsettled; its sha256. Raises StorageFull."""
        digest = self._hashing.submit(hashlib.sha256, data)  # takes as long as the writing beside it
        growing = write_beside(self._unsettled, data)
        sha256 = digest.result().hexdigest()
        growing.replace(self._unsettled / sha256)
        self._recent.add(sha256, data)
        return sha256

    def at_hand(self, sha256: str) -> bytes | None:
        """The bytes of a result that was added a moment ago. Does not block."""
        return self._recent.get(sha256)

    def settle(self, sha256: str) -> None:
        """Sync an unsettled asset and put it in its place. Raises OSError."""
        try:
            self._into_place(self._unsettled / sha256, sha256)
        except FileNotFoundError:
            if not self.place(sha256).is_file():  # else it is there from before
                raise

    def recover(self, sha256: str) -> bool:
        """Settle what an earlier daemon left unsettled; false if its bytes did not survive."""
        left = self._unsettled / sha256
        if self.place(sha256).is_file():
            left.unlink(missing_ok=True)
            return True
        if not left.is_file() or hashlib.sha256(left.read_bytes()).hexdigest() != sha256:
            left.unlink(missing_ok=True)
            return False
        self._into_place(left, sha256)
        return True

    def place(self, sha256: str, field: str = "sha256") -> Path:
        """Where the asset belongs. Raises InvalidRecipe for a name that is no sha256."""
        return self._folder / _checked(sha256, field)[:2] / sha256[2:]

    def partial(self, sha256: str) -> Path:
        """Where an upload that is not complete grows."""
        return self._uploads / _checked(sha256)

    def complete_upload(self, sha256: str, digest: str) -> None:
        """An upload has all its bytes, whose sha256 is `digest`: keep it if it is what was announced.

        Raises DataLoss otherwise, and forgets the bytes.
        """
        if digest != sha256:
            self.partial(sha256).unlink()
            raise DataLoss(f"the bytes have sha256 {digest}, {sha256} was announced; upload it again", sha256=sha256)
        self._into_place(self.partial(sha256), sha256)

    def collect(self, in_use: set[str], *, older_than_s: float) -> int:
        """Delete assets that no job names and abandoned uploads, if they are old enough; how many they were."""
        limit = time.time() - older_than_s
        unused = [path for sha256, path in self._files() if sha256 not in in_use]
        return sum(_delete_if_older(path, limit) for path in unused)

    def _found(self, sha256: str, field: str, act: Callable[[Path], T]) -> T:
        """What `act` makes of the asset's path. Raises as `find`."""
        try:
            return act(self.find(sha256, field))
        except FileNotFoundError:  # it has just been moved to its place
            return act(self.find(sha256, field))

    def _into_place(self, source: Path, sha256: str) -> None:
        move_synced(source, self.place(sha256))

    def _files(self) -> Iterator[tuple[str, Path]]:
        """Every file by the asset that it belongs to; an upload's belongs to none."""
        for path in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            yield path.parent.name + path.name, path
        for path in self._unsettled.iterdir():
            yield path.name, path
        for path in self._uploads.iterdir():
            yield "", path


def _checked(sha256: str, field: str = "sha256") -> str:
    """The name itself: what is no sha256 must not become part of a path."""
    if not _SHA256.fullmatch(sha256):
        raise InvalidRecipe.of(field, f"got {sha256!r}, expected the 64 hexadecimal digits of a sha256")
    return sha256


def _touched(path: Path) -> int:
    os.utime(path)
    return path.stat().st_size


def _delete_if_older(path: Path, limit_s: float) -> bool:
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_mtime < limit_s:
            path.unlink()
            return True
    return False
