"""After a restart: every job that was under way goes on, and every picture that was told of is really there."""

from __future__ import annotations

import logging
from dataclasses import replace

from sfumato.daemon.asset_store import AssetStore
from sfumato.daemon.checkpoints import Checkpoints
from sfumato.daemon.dispatcher import Dispatcher
from sfumato.daemon.event_feed import Event
from sfumato.daemon.job_record import CANCELLED, QUEUED, SUCCEEDED, JobRecord
from sfumato.daemon.job_table import JobTable
from sfumato.daemon.journal import Journal
from sfumato.daemon.recorder import Recorder

_log = logging.getLogger(__name__)


class Recovery:
    """Brings back what the daemon before has left, before anybody can connect."""

    def __init__(
        self,
        journal: Journal,
        jobs: JobTable,
        dispatcher: Dispatcher,
        recorder: Recorder,
        assets: AssetStore,
        checkpoints: Checkpoints,
    ) -> None:
        self._journal = journal
        self._jobs = jobs
        self._dispatcher = dispatcher
        self._recorder = recorder
        self._assets = assets
        self._checkpoints = checkpoints

    async def run(self) -> None:
        """Take up every job that is not settled."""
        for record, past in self._journal.unsettled():
            lost = [a.image_index for a in record.artifacts if not self._assets.recover(a.sha256)]
            if lost:
                record, past = await self._without(record, past, lost)
            if record.ended:
                self._checkpoints.remove(record.id)
                await self._journal.settle(record.id)
            else:
                await self._resume(record, past)
        self._checkpoints.remove_all_but({job.id for job in self._jobs})

    async def _without(self, record: JobRecord, past: list[Event], lost: list[int]) -> tuple[JobRecord, list[Event]]:
        """Images are told of that a loss of power has taken: a job that had succeeded makes them again."""
        _log.warning("job %s lost its images %s when the power went", record.id, lost)
        self._checkpoints.remove(record.id)
        kept = tuple(a for a in record.artifacts if a.image_index not in lost)
        record = replace(record, artifacts=kept)
        if record.state == SUCCEEDED:
            record = replace(record, state=QUEUED, end_ns=0)
        gone = [event for event in past if _untrue(event, record, lost)]
        await self._journal.take_back(record, lost, gone)
        return record, [event for event in past if event not in gone]

    async def _resume(self, record: JobRecord, past: list[Event]) -> None:
        job = self._jobs.resume(record, past)
        if record.cancelling:
            await self._recorder.end(job, CANCELLED)
            return
        job.has_checkpoint = self._checkpoints.exists(job.id)
        self._dispatcher.queue(job)


def _untrue(event: Event, record: JobRecord, lost: list[int]) -> bool:
    if event.HasField("finished"):
        return not record.ended
    return event.HasField("artifact") and event.artifact.artifact.image_index in lost
