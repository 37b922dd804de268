"""Checkpoints: what the worker needs to go on with a job after a crash, one file a job."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

from sfumato.daemon.durable_files import write_whole


class Checkpoints:
    """Every method blocks on the disk. A checkpoint that cannot be read only costs time, never a job."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def write(self, job_id: str, data: bytes) -> None:
        """Replace the job's checkpoint. Raises StorageFull, and the one before stays."""
        write_whole(self._path(job_id), data)

    def read(self, job_id: str) -> bytes:
        """The job's checkpoint, or nothing."""
        try:
            return self._path(job_id).read_bytes()
        except FileNotFoundError:
            return b""

    def exists(self, job_id: str) -> bool:
        """Whether there is one."""
        return self._path(job_id).exists()

    def remove(self, job_id: str) -> None:
        """The job has ended, or must start over."""
        self._path(job_id).unlink(missing_ok=True)

    def remove_all_but(self, job_ids: Container[str]) -> None:
        """Clean up after a daemon that was killed."""
        for path in self._folder.iterdir():
            if path.stem not in job_ids:
                path.unlink(missing_ok=True)

    def _path(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.safetensors"
