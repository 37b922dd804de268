"""The jobs: those under way and those just ended in memory, all in the journal.

The one place where a job changes its state.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import logging
import sqlite3
import time
import uuid
from collections import OrderedDict
from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from typing import Any, Final

from sfumato import wire
from sfumato.daemon.event_feed import Event, EventFeed
from sfumato.daemon.job_record import QUEUED, RUNNING, Artifact, JobRecord, JobState
from sfumato.daemon.journal import Journal
from sfumato.daemon.live_job import LiveJob
from sfumato.errors import Conflict, NotFound, QueueFull, SfumatoError, StorageFull
from sfumato.recipe import Recipe
from sfumato.v1 import jobs_pb2

_log = logging.getLogger(__name__)

#: So many jobs stay in memory when they have ended: whoever has watched one asks for it next.
_MOST_RECENT: Final = 256
#: How long a job's end waits for room on a full disk before it tries again.
_RETRY_S: Final = 1.0


class JobTable:
    """Every job. Events are published when they happen; an end is journaled first."""

    def __init__(self, journal: Journal, *, max_queued: int) -> None:
        self._journal = journal
        self._max_queued = max_queued
        self._live: dict[str, LiveJob] = {}
        self._by_request: dict[str, LiveJob] = {}
        self._recent: OrderedDict[str, LiveJob] = OrderedDict()
        self._orders = itertools.count()

    def __len__(self) -> int:
        return len(self._live)

    def __iter__(self) -> Iterator[LiveJob]:
        return iter(list(self._live.values()))

    def live(self, job_id: str) -> LiveJob | None:
        """The job, if it has not ended."""
        return self._live.get(job_id)

    def resume(self, record: JobRecord, past: list[Event]) -> LiveJob:
        """Take up a job that an earlier daemon left behind."""
        job = self._enter(record, EventFeed(past))
        if record.state == RUNNING:
            self.interrupted(job, "the daemon ended")
        return job

    async def accepted(self, request_id: str, request_digest: str) -> JobRecord | None:
        """The job that this request made before. Raises Conflict if it was another request."""
        if job := self._by_request.get(request_id):
            _same(job.record, request_digest)
            if job.accepted:
                await asyncio.shield(job.accepted)
            return job.snapshot
        record = self._journal.find_request(request_id)
        return _same(record, request_digest) if record else None

    def accept(
        self, recipe: Recipe, inputs: tuple[str, ...], *, request_id: str, request_digest: str, priority: int
    ) -> LiveJob:
        """Take a job on. It counts from now on, and is safe when its `accepted` is done. Raises QueueFull."""
        waiting = sum(job.record.state == QUEUED for job in self._live.values())
        if waiting >= self._max_queued:
            raise QueueFull(f"{waiting} jobs wait, at most {self._max_queued} may; try again later")
        record = JobRecord(
            id=uuid.uuid4().hex,
            request_id=request_id,
            request_digest=request_digest,
            recipe=recipe,
            inputs=inputs,
            priority=priority,
            create_ns=time.time_ns(),
        )
        job = self._enter(record, EventFeed())
        queued = job.feed.numbered(queued=jobs_pb2.QueuedEvent())
        job.feed.publish(queued)
        job.accepted = asyncio.ensure_future(self._write_down(job, queued))
        return job

    def started(self, job: LiveJob, step_index: int) -> None:
        """The worker began."""
        job.record = replace(job.record, state=RUNNING)
        self._tell(job, started=jobs_pb2.StartedEvent(step_index=step_index))

    def entered_stage(self, job: LiveJob, stage: str) -> None:
        """The worker entered a stage."""
        self._tell(job, stage=jobs_pb2.StageEvent(stage=stage))

    def stepped(self, job: LiveJob, step: jobs_pb2.StepEvent) -> None:
        """A step was taken; it is not journaled."""
        job.feed.publish(job.feed.numbered(step=step))

    def progressed(self, job: LiveJob, progress: jobs_pb2.ProgressEvent) -> None:
        """A post-processor is at work; it is not journaled."""
        job.feed.publish(job.feed.numbered(progress=progress))

    def finished_image(self, job: LiveJob, artifact: Artifact) -> None:
        """An image is there, or a layer of it, which an earlier try may have made already."""
        by_place = {(done.image_index, done.layer_index): done for done in (*job.record.artifacts, artifact)}
        job.record = replace(job.record, artifacts=tuple(done for _, done in sorted(by_place.items())))
        self._tell(job, artifact=jobs_pb2.ArtifactEvent(artifact=artifact))

    def interrupted(self, job: LiveJob, description: str, *, crashed: bool = False) -> None:
        """The job waits again; `crashed` if the worker died under it."""
        job.record = replace(job.record, state=QUEUED, crash_count=job.record.crash_count + crashed)
        self._tell(job, interrupted=jobs_pb2.InterruptedEvent(description=description))

    def mark_cancelling(self, job: LiveJob) -> asyncio.Future[None]:
        """The job is to end; when the future is done, no restart brings it back."""
        job.record = replace(job.record, cancelling=True)
        return self._journal.save(job.record, synced=True)

    async def finish(
        self, job: LiveJob, state: JobState, *, error: SfumatoError | None = None, engine_elapsed_s: float = 0.0
    ) -> None:
        """End the job, once: journal it, tell everybody, and let go of it."""
        if job.ending:
            return
        job.ending = True
        ended = replace(job.record, state=state, error=error, end_ns=time.time_ns(), cancelling=False)
        status = wire.status_of(error) if error else None
        finished = job.feed.numbered(
            finished=jobs_pb2.FinishedEvent(state=state, error=status, engine_elapsed_s=engine_elapsed_s)
        )
        await self._until_there_is_room(ended, *job.unsaved, finished)
        job.record = ended
        job.feed.publish(finished)
        self._leave(job)
        self._recent[job.id] = job
        if len(self._recent) > _MOST_RECENT:
            self._recent.popitem(last=False)

    def find(self, job_id: str) -> JobRecord:
        """One job as it stands. Raises NotFound."""
        job = self._live.get(job_id) or self._recent.get(job_id)
        record = job.snapshot if job else self._journal.find(job_id)
        if record is None:
            raise NotFound(f"no job {job_id!r}; jobs are forgotten 30 days after their end", job=job_id)
        return record

    async def page(self, state: JobState | None, before: int, size: int) -> list[JobRecord]:
        """The newest `size` jobs below a sequence number, newest first."""
        records = await self._journal.page(state, before, size)
        jobs = [(record, self._live.get(record.id)) for record in records]
        return [replace(job.snapshot, sequence=record.sequence) if job else record for record, job in jobs]

    async def watch(self, job_id: str, after: int) -> AsyncGenerator[Event]:
        """The events above number `after`, until the job has ended. Raises NotFound, DaemonUnavailable."""
        if job := self._live.get(job_id):
            with contextlib.closing(job.feed.watch(after)) as watch:
                async for event in watch:
                    yield event
        else:
            for event in await self._past(job_id, after):
                yield event

    async def _past(self, job_id: str, after: int) -> list[Event]:
        """The events of a job that has ended. Raises NotFound."""
        if job := self._recent.get(job_id):
            return job.feed.kept(after)
        self.find(job_id)
        return await self._journal.events(job_id, after)

    def break_off_watches(self) -> None:
        """The daemon is ending: everybody who watches is told to come back."""
        for job in self:
            job.feed.break_off()

    def _enter(self, record: JobRecord, feed: EventFeed) -> LiveJob:
        job = LiveJob(record, feed, next(self._orders))
        self._live[job.id] = self._by_request[record.request_id] = job
        return job

    def _leave(self, job: LiveJob) -> None:
        self._live.pop(job.id, None)
        self._by_request.pop(job.record.request_id, None)

    async def _write_down(self, job: LiveJob, queued: Event) -> None:
        try:
            sequence = await self._journal.accept(job.record, queued)
        except (StorageFull, sqlite3.Error) as error:
            self._leave(job)
            job.ending = True
            if isinstance(error, sqlite3.IntegrityError):
                raise Conflict(f"request {job.record.request_id} has just been accepted; send it again") from error
            raise
        job.record = replace(job.record, sequence=sequence)

    def _tell(self, job: LiveJob, **kind: Any) -> None:
        event = job.feed.numbered(**kind)
        job.feed.publish(event)
        job.saving = self._journal.save(job.record, event)
        job.saving.add_done_callback(functools.partial(_note_failure, job, event))

    async def _until_there_is_room(self, record: JobRecord, *events: Event) -> None:
        while True:
            try:
                return await asyncio.shield(self._journal.save(record, *events))
            except StorageFull as error:
                _log.error("the end of job %s cannot be written down yet: %s", record.id, error)
                await asyncio.sleep(_RETRY_S)


def _same(record: JobRecord, request_digest: str) -> JobRecord:
    if record.request_digest != request_digest:
        said = f"request id {record.request_id} was used for another recipe; choose a new one"
        raise Conflict(said, job=record.id)
    return record


def _note_failure(job: LiveJob, event: Event, saved: asyncio.Future[None]) -> None:
    if not saved.cancelled() and (error := saved.exception()):
        _log.error("event %d of job %s is not in the journal yet: %s", event.event, job.id, error)
        job.unsaved.append(event)
