"""One upload: bytes that arrive in order, and become an asset when they are what was announced."""

from __future__ import annotations

import hashlib
import threading
from typing import BinaryIO, Final

from sfumato.daemon.asset_store import MAX_ASSET_BYTES, AssetStore
from sfumato.daemon.durable_files import naming_a_full_disk, owner_only
from sfumato.errors import DataLoss, InvalidRecipe, NotFound, StorageFull
from sfumato.v1 import assets_pb2

MAX_CHUNK_BYTES: Final = 2**20
_HASHED_AT_ONCE: Final = 2**20


class Upload:
    """Blocks on the disk; call it on a thread. The bytes of an upload that breaks off stay, for it to go on."""

    def __init__(self, store: AssetStore, header: assets_pb2.UploadHeader) -> None:
        """Raises InvalidRecipe for a size over the limit or an offset that is not where the bytes end."""
        self._store = store
        self._sha256 = header.asset.sha256
        self._size = header.asset.size_bytes
        self._busy = threading.Lock()  # a cancelled RPC closes while its last chunk may still be on its way
        self._stream: BinaryIO | None = None
        if not 0 <= self._size <= MAX_ASSET_BYTES:
            raise InvalidRecipe.of("header.asset.size_bytes", f"got {self._size}, expected at most {MAX_ASSET_BYTES}")
        self.complete = self._is_there()
        if not self.complete:
            self._hash, self._received = self._open(header.offset_bytes)

    def write(self, chunk: bytes) -> None:
        """Append a chunk. Raises InvalidRecipe, DataLoss for more bytes than announced, StorageFull."""
        if len(chunk) > MAX_CHUNK_BYTES:
            raise InvalidRecipe.of("chunk", f"got {len(chunk)} bytes, expected at most {MAX_CHUNK_BYTES}")
        if self._received + len(chunk) > self._size:
            self._discard()
            raise DataLoss(f"more than the {self._size} bytes that were announced; start over", sha256=self._sha256)
        with self._busy:
            self._append(chunk)

    def finish(self) -> None:
        """All bytes have come: keep the asset. Raises DataLoss if they are too few or not what was announced."""
        if self._received < self._size:
            said = f"{self._received} of {self._size} bytes came; go on at offset {self._received}"
            raise DataLoss(said, sha256=self._sha256, received_bytes=self._received)
        self.close()
        self._store.complete_upload(self._sha256, self._hash.hexdigest())
        self.complete = True

    def close(self) -> None:
        """Let go of the file."""
        with self._busy:
            if self._stream:
                self._stream.close()
                self._stream = None

    def _is_there(self) -> bool:
        try:
            self._store.keep(self._sha256, "header.asset.sha256")
        except NotFound:
            return False
        return True

    def _open(self, offset: int) -> tuple[hashlib._Hash, int]:
        """Hash what is there already up to `offset`, and go on behind it."""
        path = self._store.partial(self._sha256)
        there = path.stat().st_size if path.exists() else 0
        if offset not in (0, there):
            said = f"got {offset}, expected 0 or the {there} bytes that have arrived"
            raise InvalidRecipe.of("header.offset_bytes", said)
        digest = hashlib.sha256()
        self._stream = open(path, "rb+" if offset else "wb+", buffering=0, opener=owner_only)  # noqa: SIM115  # open between chunks
        while old := self._stream.read(_HASHED_AT_ONCE):
            digest.update(old)
        return digest, offset

    def _append(self, chunk: bytes) -> None:
        if self._stream is None:
            return
        try:
            with naming_a_full_disk(f"the asset's {self._size} bytes"):
                rest = memoryview(chunk)
                while rest:
                    rest = rest[self._stream.write(rest) :]
        except StorageFull:
            self._discard()
            raise
        self._hash.update(chunk)
        self._received += len(chunk)

    def _discard(self) -> None:
        """Forget what has arrived."""
        if self._stream:
            self._stream.close()
            self._stream = None
        self._store.partial(self._sha256).unlink(missing_ok=True)
