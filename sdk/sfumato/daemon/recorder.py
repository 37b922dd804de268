"""What a worker's frames about a job leave behind: events, images, checkpoints, the end."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

from sfumato import errors
from sfumato.daemon.asset_store import AssetStore
from sfumato.daemon.checkpoints import Checkpoints
from sfumato.daemon.failures import named
from sfumato.daemon.job_record import CANCELLED, FAILED, SUCCEEDED, Artifact, JobRecord, JobState
from sfumato.daemon.job_table import JobTable
from sfumato.daemon.journal import Journal
from sfumato.daemon.live_job import LiveJob
from sfumato.daemon.worker_link import Frame
from sfumato.errors import SfumatoError
from sfumato.v1 import jobs_pb2

_log = logging.getLogger(__name__)

_OUTCOMES: Final = {"succeeded": SUCCEEDED, "failed": FAILED, "cancelled": CANCELLED}


class Recorder:
    """Writes down what becomes of jobs. Nobody who watches waits for the disk: syncing comes after telling."""

    def __init__(self, jobs: JobTable, journal: Journal, assets: AssetStore, checkpoints: Checkpoints) -> None:
        self._jobs = jobs
        self._journal = journal
        self._assets = assets
        self._checkpoints = checkpoints

    def keep_image(self, header: dict[str, Any], body: bytes) -> Frame:
        """Keep an image's bytes; the header with their name, or with the error that there is no room for them.

        It blocks on the disk, on whatever thread has the bytes first: a turn through another one costs more.
        """
        try:
            return header | {"sha256": self._assets.add(body), "size_bytes": len(body)}, b""
        except OSError as error:
            return header | {"error": named(error).to_json()}, b""

    def note(self, job: LiveJob, header: dict[str, Any], body: bytes) -> None:
        """A frame that needs no disk, or no more: started, stage, step or image."""
        match header["op"]:
            case "started":
                self._jobs.started(job, header["step_index"])
            case "stage":
                self._jobs.entered_stage(job, header["stage"])
            case "step":
                self._jobs.stepped(job, _step(header, body))
            case "progress":
                self._jobs.progressed(job, _progress(header))
            case "image" if header["image_index"] in job.record.missing:  # else an earlier try has made it already
                self._jobs.finished_image(job, _artifact(header))

    async def record(self, job: LiveJob, header: dict[str, Any], body: bytes) -> None:
        """A frame that needs the disk: checkpoint or ended."""
        async with job.recording:
            if job.ending:
                return
            match header["op"]:
                case "checkpoint":
                    await self._checkpoint(job, body)
                case "ended":
                    await self._ended(job, header)

    def interrupted(self, job: LiveJob, description: str, *, crashed: bool = False) -> None:
        """The job waits again; `crashed` if the worker died under it."""
        self._jobs.interrupted(job, description, crashed=crashed)

    async def end(
        self, job: LiveJob, state: JobState, error: SfumatoError | None = None, elapsed_s: float = 0.0
    ) -> None:
        """End a job, then bring what it made to rest on the disk."""
        await self._jobs.finish(job, state, error=error, engine_elapsed_s=elapsed_s)
        try:
            await asyncio.to_thread(self._settle, job.record)
            await self._journal.settle(job.id)
        except OSError as problem:
            _log.warning("job %s is settled at the next start: %s", job.id, problem)

    async def _checkpoint(self, job: LiveJob, body: bytes) -> None:
        """Keep a checkpoint. It may leave out images that are done, so these must be safe before it."""
        try:
            if job.saving:
                await job.saving
            await asyncio.to_thread(self._write_checkpoint, job.record, body)
            job.has_checkpoint = True
        except OSError as error:
            _log.warning("job %s goes on without this checkpoint: %s", job.id, error)

    def _write_checkpoint(self, record: JobRecord, body: bytes) -> None:
        for artifact in record.artifacts:
            self._assets.settle(artifact.sha256)
        self._checkpoints.write(record.id, body)

    async def _ended(self, job: LiveJob, header: dict[str, Any]) -> None:
        state = _OUTCOMES[header["outcome"]]
        error = errors.from_json(header["error"]) if header["error"] else None
        if state == SUCCEEDED and job.record.missing:
            state = FAILED
            error = SfumatoError(f"the engine reported success without images {job.record.missing}")
        await self.end(job, state, error, header["elapsed_s"])

    def _settle(self, record: JobRecord) -> None:
        for artifact in record.artifacts:
            self._assets.settle(artifact.sha256)
        self._checkpoints.remove(record.id)


def _artifact(header: dict[str, Any]) -> Artifact:
    names = ("image_index", "sha256", "size_bytes", "seed", "width_px", "height_px", "layer", "layer_index")
    return Artifact(**{name: header[name] for name in names})


def _progress(header: dict[str, Any]) -> jobs_pb2.ProgressEvent:
    names = ("image_index", "contribution", "share", "description")
    return jobs_pb2.ProgressEvent(**{name: header[name] for name in names})


def _step(header: dict[str, Any], body: bytes) -> jobs_pb2.StepEvent:
    preview = jobs_pb2.Preview(width_px=header["width_px"], height_px=header["height_px"], rgb=body)
    return jobs_pb2.StepEvent(
        image_index=header["image_index"],
        step_index=header["step_index"],
        step_count=header["step_count"],
        sigma=header["sigma"],
        preview=preview if body else None,
    )
