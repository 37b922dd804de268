"""One file from a hub into the cache that all tools share, from where an earlier attempt ended.

huggingface_hub itself throws away what it has of a file when it is interrupted. Its cache keeps every file under its
etag, so a whole file that stands there is all that it needs to know.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout
from huggingface_hub import constants, get_hf_file_metadata, hf_hub_download, hf_hub_url
from huggingface_hub.file_download import http_get, repo_folder_name
from huggingface_hub.utils._headers import build_hf_headers

from sfumato.errors import DataLoss, SfumatoError

_SHA256_LENGTH: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """A file of a repository at one commit; `endpoint` is the hub's address."""

    repository: str
    revision: str
    path: str
    endpoint: str | None

    def named(self, path: str) -> RemoteFile:
        """Another file of the same commit."""
        return replace(self, path=path)

    @property
    def url(self) -> str:
        """Where it is."""
        return hf_hub_url(self.repository, self.path, revision=self.revision, endpoint=self.endpoint)


def download(file: RemoteFile, told: Callable[[int], None]) -> Path:
    """Where the file is in the cache, once it is there whole.

    `told` hears how many of its bytes are here; what it raises ends the download. Raises DataLoss, and what the
    hub's client raises.
    """
    found = get_hf_file_metadata(file.url, endpoint=file.endpoint)
    etag, size = found.etag, found.size
    if etag is None or size is None:
        raise SfumatoError(f"{file.url} is answered without ETag or size; is it a hub's address?", url=file.url)
    folder = repo_folder_name(repo_id=file.repository, repo_type="model")
    blob = Path(constants.HF_HUB_CACHE, folder, "blobs", etag)
    if not blob.exists():
        blob.parent.mkdir(parents=True, exist_ok=True)
        with _alone(blob):
            _complete(blob, file.url, size, told)
    return Path(hf_hub_download(file.repository, file.path, revision=file.revision, endpoint=file.endpoint))


def _alone(blob: Path) -> FileLock:
    """The right to write what is there of `blob`; nobody waits for it. Raises SfumatoError."""
    lock = FileLock(blob.with_name(f"{blob.name}.sfumato.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise SfumatoError(f"another process is downloading {blob.name}; try again when it has ended") from error
    return lock


def _complete(blob: Path, url: str, size: int, told: Callable[[int], None]) -> None:
    """Add to the beginning of `blob` what it lacks, and put it in its place."""
    part = blob.with_name(f"{blob.name}.sfumato.incomplete")
    part.touch()
    if part.stat().st_size > size:
        part.write_bytes(b"")
    with Meter(part, told) as stream:
        here = stream.seek(0, os.SEEK_END)
        told(here)
        headers = {**build_hf_headers(), "Accept-Encoding": "identity"}
        http_get(url, stream, resume_size=here, headers=headers, expected_size=size)
    if len(blob.name) == _SHA256_LENGTH and _sha256(part) != blob.name:
        part.unlink()
        raise DataLoss(f"{url} arrived damaged; add the model again to download it anew", url=url)
    part.replace(blob)


class Meter(io.BufferedWriter):
    """A file that tells how long it is after every write."""

    def __init__(self, path: Path, told: Callable[[int], None]) -> None:
        super().__init__(io.FileIO(path, "r+"))
        self._told = told

    def write(self, data: Any, /) -> int:
        """Write all of it."""
        written = super().write(data)
        self._told(self.tell())
        return written


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
