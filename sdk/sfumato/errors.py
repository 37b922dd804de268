"""Every error that Sfumato raises on purpose.

    SfumatoError
    ├── InvalidRecipe        fields of a request are wrong; carries one Violation per field
    ├── NotFound             no such job, asset, model or upload
    ├── WeightsRefused       a weight file is not safetensors, or is damaged, or of an unknown architecture
    ├── ImageRefused         bytes that are not a picture we read, or one that is too large
    ├── MeshRefused          a file or an array that is no mesh that can be painted
    ├── OutOfMemory          the device cannot hold the job
    ├── StorageFull          the disk cannot take what must be written
    ├── PluginError          a contribution raised or broke its contract
    ├── JobCancelled         the job was cancelled while somebody waited for its result
    ├── WorkerCrashed        the process that owns the device died
    ├── QueueFull            too many jobs wait; try later
    ├── DataLoss             bytes that arrived are not the bytes that were announced
    ├── Conflict             a request id that was already used for another recipe
    ├── Unauthenticated      the token is missing or wrong
    ├── NotPermitted         something that only connections from the daemon's own machine may do
    ├── DaemonUnavailable    no daemon answers, or it is draining
    └── StartRefused         a daemon must not start as it was told to

`reason` is the stable machine word that travels as google.rpc.ErrorInfo.reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar


class SfumatoError(Exception):
    """Base of all. `metadata` holds the message's moving parts as strings."""

    reason: ClassVar[str] = "INTERNAL"

    def __init__(self, message: str, **metadata: object) -> None:
        super().__init__(message)
        self.message = message
        self.metadata = {key: str(value) for key, value in metadata.items()}

    def to_json(self) -> dict[str, Any]:
        """The error as plain data; `from_json` is its inverse."""
        return {"reason": self.reason, "message": self.message, "metadata": self.metadata}


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One wrong field: its path (`guider.params.scale`) and what is wrong with it."""

    field: str
    description: str


class InvalidRecipe(SfumatoError, ValueError):
    """Fields of a request are wrong. Nothing was stored or started."""

    reason = "INVALID_RECIPE"

    def __init__(self, violations: Iterable[Violation]) -> None:
        self.violations = tuple(violations)
        super().__init__("; ".join(f"{v.field}: {v.description}" for v in self.violations))

    @classmethod
    def of(cls, field: str, description: str) -> InvalidRecipe:
        """The common case of one wrong field."""
        return cls([Violation(field=field, description=description)])

    def to_json(self) -> dict[str, Any]:
        """The error as plain data, violations included."""
        rows = [{"field": v.field, "description": v.description} for v in self.violations]
        return SfumatoError.to_json(self) | {"violations": rows}


class NotFound(SfumatoError, LookupError):
    """No such job, asset, model or upload."""

    reason = "NOT_FOUND"


class WeightsRefused(SfumatoError):
    """A weight file is a pickle, damaged, or of an architecture that no family knows."""

    reason = "WEIGHTS_REFUSED"


class ImageRefused(SfumatoError, ValueError):
    """Bytes that are not a PNG, JPEG or WebP picture within the limits."""

    reason = "IMAGE_REFUSED"


class MeshRefused(SfumatoError, ValueError):
    """A file or an array that is no mesh that can be painted."""

    reason = "MESH_REFUSED"


class OutOfMemory(SfumatoError, MemoryError):
    """The device cannot hold the job."""

    reason = "OUT_OF_MEMORY"


class StorageFull(SfumatoError, OSError):
    """The disk cannot take what must be written. Nothing half-written is left."""

    reason = "STORAGE_FULL"


class PluginError(SfumatoError):
    """A contribution raised or broke its contract; metadata names plugin, version, hook and step."""

    reason = "PLUGIN_FAILED"


class JobCancelled(SfumatoError):
    """The job was cancelled while somebody waited for its result."""

    reason = "JOB_CANCELLED"


class WorkerCrashed(SfumatoError):
    """The process that owns the device died, more often than the job may be tried."""

    reason = "WORKER_CRASHED"


class QueueFull(SfumatoError):
    """Too many jobs wait; try again later."""

    reason = "QUEUE_FULL"


class DataLoss(SfumatoError):
    """Bytes that arrived are not the bytes that were announced."""

    reason = "DATA_LOSS"


class Conflict(SfumatoError):
    """A request id that was already used for another recipe."""

    reason = "ALREADY_EXISTS"


class Unauthenticated(SfumatoError, PermissionError):
    """The token is missing or wrong."""

    reason = "UNAUTHENTICATED"


class NotPermitted(SfumatoError, PermissionError):
    """Something that only connections from the daemon's own machine may do."""

    reason = "PERMISSION_DENIED"


class DaemonUnavailable(SfumatoError, ConnectionError):
    """No daemon answers at the address, or it is draining."""

    reason = "UNAVAILABLE"


class StartRefused(SfumatoError):
    """A daemon must not start like this; the message says why and what to do."""

    reason = "START_REFUSED"


_BY_REASON: dict[str, type[SfumatoError]] = {
    kind.reason: kind
    for kind in (
        NotFound, WeightsRefused, ImageRefused, MeshRefused, OutOfMemory, StorageFull, PluginError, JobCancelled,
        WorkerCrashed, QueueFull, DataLoss, Conflict, Unauthenticated, NotPermitted, DaemonUnavailable,
        StartRefused,
    )
}  # fmt: skip


def from_json(data: Mapping[str, Any]) -> SfumatoError:
    """The error that `to_json` described; an unknown reason becomes a plain SfumatoError."""
    if data.get("violations"):
        return InvalidRecipe(Violation(**row) for row in data["violations"])
    kind = _BY_REASON.get(data.get("reason", ""), SfumatoError)
    return kind(data.get("message", "unknown error"), **data.get("metadata", {}))
