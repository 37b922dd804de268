"""JobService: creates, watches and cancels jobs."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any, Final

from sfumato import wire
from sfumato.daemon.admission import Admission, Admitted
from sfumato.daemon.asset_store import AssetStore
from sfumato.daemon.dispatcher import Dispatcher
from sfumato.daemon.event_feed import Event
from sfumato.daemon.job_table import JobTable
from sfumato.daemon.live_job import LiveJob
from sfumato.errors import DaemonUnavailable, InvalidRecipe, NotFound
from sfumato.v1 import jobs_pb2, recipes_pb2

_PAGE_SIZE: Final = 100
_LARGEST_PAGE: Final = 1000
_BEFORE_ALL: Final = 2**63 - 1


class JobService:
    """What sfumato/v1/jobs.proto promises."""

    def __init__(self, jobs: JobTable, admission: Admission, dispatcher: Dispatcher, assets: AssetStore) -> None:
        self._jobs = jobs
        self._assets = assets
        self._admission = admission
        self._dispatcher = dispatcher
        self._draining = False

    def refuse_new_jobs(self) -> None:
        """The daemon is ending."""
        self._draining = True

    async def CreateJob(self, request: jobs_pb2.CreateJobRequest, context: Any) -> jobs_pb2.CreateJobResponse:
        """Validate a recipe and queue it; on disk when this returns."""
        if self._draining:
            raise DaemonUnavailable("the daemon is stopping and takes no new jobs; send the job again when it is back")
        if request.validate_only:
            return _validated(await self._admission.admit(request.recipe), request.priority)
        request_id, digest = _request_id(request.request_id), _digest(request.recipe)
        if record := await self._jobs.accepted(request_id, digest):
            return jobs_pb2.CreateJobResponse(job=record.to_message())
        admitted = await self._admission.admit(request.recipe)
        record = await self._jobs.accepted(request_id, digest)  # it may have come again while it was being checked
        if record is None:
            job = self._jobs.accept(
                admitted.recipe,
                admitted.inputs,
                request_id=request_id,
                request_digest=digest,
                priority=request.priority,
            )
            self._dispatcher.queue(job)
            await self._on_disk(job)
            record = job.snapshot
        return jobs_pb2.CreateJobResponse(job=record.to_message(), adjustments=admitted.adjustments)

    async def GetJob(self, request: jobs_pb2.GetJobRequest, context: Any) -> jobs_pb2.GetJobResponse:
        """One job."""
        return jobs_pb2.GetJobResponse(job=self._jobs.find(request.id).to_message())

    async def ListJobs(self, request: jobs_pb2.ListJobsRequest, context: Any) -> jobs_pb2.ListJobsResponse:
        """Jobs, newest first."""
        size = _page_size(request.page_size)
        records = await self._jobs.page(request.state or None, _place(request.page_token), size + 1)
        return jobs_pb2.ListJobsResponse(
            jobs=[record.to_message() for record in records[:size]],
            next_page_token=str(records[size - 1].sequence) if len(records) > size else "",
        )

    async def WatchJob(self, request: jobs_pb2.WatchJobRequest, context: Any) -> AsyncIterator[Event]:
        """A job's events, the past ones first, until it has ended."""
        async with contextlib.aclosing(self._jobs.watch(request.id, request.after_event)) as events:
            async for event in events:
                if event.HasField("artifact") and event.artifact.artifact.size_bytes <= request.inline_bytes:
                    yield self._with_data(event)
                else:
                    yield event if request.previews else _without_preview(event)

    async def CancelJob(self, request: jobs_pb2.CancelJobRequest, context: Any) -> jobs_pb2.CancelJobResponse:
        """Cancel this one job; one that has ended stays as it is."""
        if job := self._jobs.live(request.id):
            await self._dispatcher.cancel(job)
        return jobs_pb2.CancelJobResponse(job=self._jobs.find(request.id).to_message())

    async def GetPreview(self, request: jobs_pb2.GetPreviewRequest, context: Any) -> jobs_pb2.GetPreviewResponse:
        """A running job's image in full size."""
        job = self._jobs.live(request.id)
        if job is None:
            record = self._jobs.find(request.id)
            raise NotFound(f"job {record.id} has ended; its images are among its artifacts", job=record.id)
        count = job.record.recipe.count
        if not 0 <= request.image_index < count:
            raise InvalidRecipe.of("image_index", f"got {request.image_index}, expected 0 to {count - 1}")
        return jobs_pb2.GetPreviewResponse(preview=await self._dispatcher.preview(job, request.image_index))

    def _with_data(self, event: Event) -> Event:
        """The event with its image's bytes, where they were made a moment ago."""
        whole = Event()
        whole.CopyFrom(event)
        whole.artifact.data = self._assets.at_hand(event.artifact.artifact.sha256) or b""
        return whole

    async def _on_disk(self, job: LiveJob) -> None:
        """Wait until the job is in the journal; take it back if it cannot be."""
        assert job.accepted
        try:
            await asyncio.shield(job.accepted)
        except Exception:
            self._dispatcher.withdraw(job)
            raise


def _validated(admitted: Admitted, priority: int) -> jobs_pb2.CreateJobResponse:
    recipe = admitted.recipe
    job = jobs_pb2.Job(recipe=wire.recipe_to_message(recipe), recipe_digest=recipe.digest, priority=priority)
    return jobs_pb2.CreateJobResponse(job=job, adjustments=admitted.adjustments)


def _request_id(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError as error:
        raise InvalidRecipe.of("request_id", f"got {text!r}, expected a UUID") from error


def _digest(message: recipes_pb2.Recipe) -> str:
    """A fingerprint of what was asked for: protobuf promises no stable bytes, so it is taken of the JSON."""
    text = json.dumps(wire.request_from_message(message), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _page_size(size: int) -> int:
    if not 0 <= size <= _LARGEST_PAGE:
        raise InvalidRecipe.of("page_size", f"got {size}, expected 0 to {_LARGEST_PAGE}")
    return size or _PAGE_SIZE


def _place(token: str) -> int:
    """The sequence number that a page begins below."""
    if not token:
        return _BEFORE_ALL
    if not token.isascii() or not token.isdigit() or len(token) > len(str(_BEFORE_ALL)) - 1:
        raise InvalidRecipe.of("page_token", f"got {token!r}, expected the next_page_token of another page")
    return int(token)


def _without_preview(event: Event) -> Event:
    if not event.HasField("step") or not event.step.HasField("preview"):
        return event
    bare = Event()
    bare.CopyFrom(event)
    bare.step.ClearField("preview")
    return bare
