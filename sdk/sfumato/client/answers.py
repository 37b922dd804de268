"""What the daemon answers, as values."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sfumato import wire
from sfumato.client import events
from sfumato.client.events import Artifact
from sfumato.errors import SfumatoError
from sfumato.images import Pixels
from sfumato.recipe import Recipe
from sfumato.v1 import jobs_pb2, server_pb2


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A submitted recipe. `state` is `queued`, `running`, `succeeded`, `failed` or `cancelled`."""

    id: str
    state: str
    recipe: Recipe
    recipe_digest: str
    priority: int
    create_time: datetime
    end_time: datetime | None
    artifacts: tuple[Artifact, ...]
    error: SfumatoError | None
    last_event: int
    crash_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerInfo:
    """The process that owns the device: `stopped`, `starting`, `ready` or `restarting`."""

    state: str
    device: str
    crash_count: int
    pid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerInfo:
    """Who the daemon is, what it can do and what it accepts at most."""

    version: str
    capabilities: tuple[str, ...]
    max_asset_bytes: int
    max_chunk_bytes: int
    max_frame_bytes: int
    worker: WorkerInfo
    active_job_count: int
    pid: int


def job_from_message(message: jobs_pb2.Job) -> Job:
    """A job as the daemon describes it."""
    return Job(
        id=message.id,
        state=state_name(message.state),
        recipe=wire.recipe_from_message(message.recipe),
        recipe_digest=message.recipe_digest,
        priority=message.priority,
        create_time=message.create_time.ToDatetime(UTC),
        end_time=message.end_time.ToDatetime(UTC) if message.HasField("end_time") else None,
        artifacts=tuple(map(_artifact, message.artifacts)),
        error=wire.error_of(message.error) if message.HasField("error") else None,
        last_event=message.last_event,
        crash_count=message.crash_count,
    )


def server_from_message(message: server_pb2.GetServerInfoResponse) -> ServerInfo:
    """The daemon as it describes itself."""
    return ServerInfo(
        version=message.version,
        capabilities=tuple(message.capabilities),
        max_asset_bytes=message.limits.max_asset_bytes,
        max_chunk_bytes=message.limits.max_chunk_bytes,
        max_frame_bytes=message.limits.max_frame_bytes,
        worker=worker_from_message(message.worker),
        active_job_count=message.active_job_count,
        pid=message.pid,
    )


def worker_from_message(message: server_pb2.Worker) -> WorkerInfo:
    """The worker as the daemon describes it."""
    return WorkerInfo(state=message.state, device=message.device, crash_count=message.crash_count, pid=message.pid)


_PROGRESS: Final = ("image_index", "contribution", "share", "description")


def event_from_message(message: jobs_pb2.WatchJobResponse) -> events.Event | None:
    """One event of a watch; None for a kind that is newer than this client."""
    stamp: dict[str, Any] = {"number": message.event, "time": message.time.ToDatetime(UTC)}
    match message.WhichOneof("kind"):
        case "queued":
            return events.Queued(**stamp)
        case "started":
            return events.Started(**stamp, step_index=message.started.step_index)
        case "stage":
            return events.StageEntered(**stamp, stage=message.stage.stage)
        case "step":
            return _stepped(message.step, stamp)
        case "progress":
            told = {name: getattr(message.progress, name) for name in _PROGRESS}
            return events.Progressed(**stamp, **told)
        case "artifact":
            return _image_ready(message.artifact, stamp)
        case "interrupted":
            return events.Interrupted(**stamp, description=message.interrupted.description)
        case "finished":
            return _finished(message.finished, stamp)
        case _:
            return None


def pixels_from_message(message: jobs_pb2.Preview) -> Pixels | None:
    """A preview; None where there is nothing to show yet."""
    if not message.rgb:
        return None
    return Pixels(width_px=message.width_px, height_px=message.height_px, data=message.rgb)


def state_name(state: jobs_pb2.JobState) -> str:
    """`JOB_STATE_RUNNING` as `running`."""
    return jobs_pb2.JobState.Name(state).removeprefix("JOB_STATE_").lower()


def _stepped(message: jobs_pb2.StepEvent, stamp: dict[str, Any]) -> events.Stepped:
    return events.Stepped(
        **stamp,
        image_index=message.image_index,
        step_index=message.step_index,
        step_count=message.step_count,
        sigma=message.sigma,
        preview=pixels_from_message(message.preview),
    )


def _image_ready(message: jobs_pb2.ArtifactEvent, stamp: dict[str, Any]) -> events.ImageReady:
    """An image with its bytes, where they came whole."""
    whole = hashlib.sha256(message.data).hexdigest() == message.artifact.sha256
    return events.ImageReady(**stamp, artifact=_artifact(message.artifact), png=message.data if whole else b"")


def _finished(message: jobs_pb2.FinishedEvent, stamp: dict[str, Any]) -> events.Finished:
    return events.Finished(
        **stamp,
        state=state_name(message.state),
        error=wire.error_of(message.error) if message.HasField("error") else None,
        engine_elapsed_s=message.engine_elapsed_s,
    )


def _artifact(message: jobs_pb2.Artifact) -> Artifact:
    return Artifact(**{name: getattr(message, name) for name in Artifact.__dataclass_fields__})
