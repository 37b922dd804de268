"""Which jobs the worker gets, and when: by priority, and carefully with those under which it died."""

from __future__ import annotations

import asyncio
import bisect
from collections.abc import Collection, Mapping
from typing import Any, Final

from sfumato.daemon.answers import Answers
from sfumato.daemon.asset_store import AssetStore
from sfumato.daemon.checkpoints import Checkpoints
from sfumato.daemon.chronicle import Chronicle
from sfumato.daemon.death import Death
from sfumato.daemon.failures import named
from sfumato.daemon.job_record import CANCELLED, FAILED, RUNNING, JobRecord
from sfumato.daemon.job_table import JobTable
from sfumato.daemon.live_job import LiveJob
from sfumato.daemon.overseer import Verdict
from sfumato.daemon.recorder import Recorder
from sfumato.daemon.supervisor import Supervisor
from sfumato.daemon.suspicion import MOST_CRASHES, Suspicion
from sfumato.daemon.worker_link import Frame
from sfumato.errors import DataLoss, NotFound, SfumatoError, WorkerCrashed, from_json
from sfumato.v1 import jobs_pb2

#: The worker schedules by priority itself; it gets at most so many jobs of one priority or above.
_MOST_SENT: Final = 64
#: So many frames may wait for the disk before the worker has to wait with them.
_MOST_RECORDINGS: Final = 16
_RECORDING_GRACE_S: Final = 5.0


class Dispatcher:
    """Queues jobs, sends them to the worker, and takes what it says about them."""

    def __init__(
        self, jobs: JobTable, worker: Supervisor, recorder: Recorder, assets: AssetStore, checkpoints: Checkpoints
    ) -> None:
        self._jobs = jobs
        self._worker = worker
        self._recorder = recorder
        self._assets = assets
        self._checkpoints = checkpoints
        self._waiting: list[LiveJob] = []
        self._sent: dict[str, LiveJob] = {}
        self._suspicion = Suspicion()
        self._previews = Answers()
        self._tasks: set[asyncio.Task[None]] = set()
        self._draining = False
        self._life = 0

    @property
    def has_work(self) -> bool:
        """Whether any job waits or runs."""
        return bool(self._waiting or self._sent)

    def queue(self, job: LiveJob) -> None:
        """The job may run from now on."""
        bisect.insort(self._waiting, job, key=_turn)
        self._pump()

    def withdraw(self, job: LiveJob) -> None:
        """The job must not run after all."""
        if job in self._waiting:
            self._waiting.remove(job)
        elif self._sent.pop(job.id, None):
            self._worker.send({"op": "cancel", "job": job.id})
        self._close(job)
        self._pump()

    def is_waiting(self, job: LiveJob) -> bool:
        """Whether the worker has yet to get this job."""
        return job in self._waiting

    async def cancel(self, job: LiveJob) -> None:
        """Cancel this job and no other. It has ended when this returns, or ends within one evaluation."""
        if job.id in self._sent:
            marked = self._jobs.mark_cancelling(job)
            self._worker.send({"op": "cancel", "job": job.id})
            await asyncio.shield(marked)
        elif job in self._waiting:
            self.withdraw(job)
            await self._recorder.end(job, CANCELLED)

    async def preview(self, job: LiveJob, image_index: int) -> jobs_pb2.Preview:
        """A running job's image in full size; an empty one where there is nothing to show yet."""
        if job.id not in self._sent or job.record.state != RUNNING:
            return jobs_pb2.Preview()
        _, expected = self._previews.expect((job.id, image_index))
        self._worker.send({"op": "preview", "job": job.id, "image_index": image_index})
        preview: jobs_pb2.Preview = await asyncio.shield(expected)
        return preview

    async def drain(self, grace_s: float) -> None:
        """Let the worker write checkpoints and end, and write down what it said last."""
        self._draining = True
        await self._worker.stop(grace_s)
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=_RECORDING_GRACE_S)
            for task in late:
                task.cancel()

    def worker_ready(self) -> None:
        """A worker waits for orders."""
        self._pump()

    def receive(self, header: dict[str, Any], body: bytes) -> Frame:
        """On the thread that reads from the worker: images that are files are kept before anybody hears of them."""
        is_file = header.get("op") == "image" and "mode" not in header
        return self._recorder.keep_image(header, body) if is_file else (header, body)

    async def take(self, header: dict[str, Any], body: bytes) -> None:
        """A frame about a job. Those about jobs that the worker no longer has are dropped."""
        job = self._sent.get(header.get("job", ""))
        if job is None:
            return
        match header["op"]:
            case "image" if "error" in header:
                self._spawn(self._fail(job, from_json(header["error"])))
            case "checkpoint":
                await self._record(job, header, body)
            case "ended":
                del self._sent[job.id]
                self._close(job)
                await self._record(job, header, body)
                self._pump()
            case "preview":
                size = {name: header[name] for name in ("width_px", "height_px")}
                self._previews.give((job.id, header["image_index"]), jobs_pb2.Preview(rgb=body, **size))
            case "step":
                self._told(job).note(job, header, body)
                if self._suspicion.reached(job.id, header["image_index"], header["step_index"]):
                    self._pump()
            case _:
                self._told(job).note(job, header, body)

    def works_on(self, job_id: str) -> bool:
        """Whether the worker has this job."""
        return job_id in self._sent

    def abandon(self, verdict: Verdict) -> None:
        """A hook hangs on a thread of its own: the worker is to give its job up."""
        job_id, error = verdict.running.hook.job, verdict.running.fault(verdict.said)
        if job_id in self._sent:
            self._worker.send({"op": "abandon", "job": job_id, "error": error.to_json()})

    async def worker_died(self, death: Death) -> None:
        """Queue what it was working on again; fail what killed it, and what it has died under too often."""
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._life += 1
        description = death.description
        self._previews.refuse_all(WorkerCrashed(f"the worker died: {description}"))
        await self._fail_guilty(death)
        sent, self._sent = list(self._sent.values()), {}
        running = [job for job in sent if job.record.state == RUNNING]
        for job in running or sent:
            if death.fault or death.retired:
                self._told(job).interrupted(job, description)
            else:
                self._blame(job, description)
        cancelled = [job for job in sent if job.record.cancelling]
        failed = [job for job in sent if job not in cancelled and job.record.crash_count >= MOST_CRASHES]
        for job in sent:
            if job not in cancelled and job not in failed:
                bisect.insort(self._waiting, job, key=_turn)
        await self._end_all(cancelled, CANCELLED)
        await self._end_all(failed, FAILED, _deadly(description))

    async def _fail_guilty(self, death: Death) -> None:
        """End the job that asked for what killed the worker; it has failed now, not after the third time."""
        if death.fault and death.fault.is_of_the_recipe and (job := self._sent.get(death.fault.hook.job)):
            del self._sent[job.id]
            if job.record.cancelling:
                await self._end_all([job], CANCELLED)
            else:
                await self._end_all([job], FAILED, death.fault.error)

    async def worker_given_up(self, error: WorkerCrashed) -> None:
        """Fail everything that waits: it would wait for ever."""
        waiting, self._waiting = self._waiting, []
        await self._end_all(waiting, FAILED, error)

    def _pump(self) -> None:
        """Send what may go."""
        if self._draining or not self._waiting:
            return
        if self._worker.state != "ready":
            self._worker.start()
            return
        while self._waiting and self._may_go(self._waiting[0]):
            self._send(self._waiting.pop(0))

    def _may_go(self, job: LiveJob) -> bool:
        if self._suspicion.weighs_on(job.id):
            return not self._sent
        if any(self._suspicion.weighs_on(job_id) for job_id in self._sent):
            return False
        return sum(sent.record.priority >= job.record.priority for sent in self._sent.values()) < _MOST_SENT

    def _send(self, job: LiveJob) -> None:
        self._sent[job.id] = job
        if job.record.inputs or job.has_checkpoint:
            self._spawn(self._send_with_bytes(job, self._life))
        else:
            self._worker.send(*_order(job, job.at_hand))

    async def _send_with_bytes(self, job: LiveJob, life: int) -> None:
        try:
            assets, checkpoint = await asyncio.to_thread(self._read, job.record, job.has_checkpoint)
        except NotFound as error:
            await self._fail(job, DataLoss(f"an asset of the job was deleted: {error.message}", job=job.id))
            return
        if life != self._life or self._sent.get(job.id) is not job:
            return
        if job.record.cancelling:
            del self._sent[job.id]
            await self._end_all([job], CANCELLED)
            return
        self._worker.send(*_order(job, {**job.at_hand, **assets}, checkpoint))

    def _read(self, record: JobRecord, has_checkpoint: bool) -> tuple[dict[str, bytes], bytes]:
        assets = {sha256: self._assets.read(sha256) for sha256 in record.inputs}
        return assets, self._checkpoints.read(record.id) if has_checkpoint else b""

    async def _record(self, job: LiveJob, header: dict[str, Any], body: bytes) -> None:
        while len(self._tasks) >= _MOST_RECORDINGS:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        self._spawn(self._recorded(job, header, body))

    async def _recorded(self, job: LiveJob, header: dict[str, Any], body: bytes) -> None:
        try:
            await self._told(job).record(job, header, body)
        except Exception as error:  # whatever it was, it must end this job and nothing else
            await self._fail(job, named(error))

    def _blame(self, job: LiveJob, description: str) -> None:
        self._told(job).interrupted(job, description, crashed=True)
        self._suspicion.blame(job.id, job.record.crash_count)

    async def _fail(self, job: LiveJob, error: SfumatoError) -> None:
        self.withdraw(job)
        await self._told(job).end(job, FAILED, error)

    async def _end_all(
        self, jobs: Collection[LiveJob], state: jobs_pb2.JobState, error: SfumatoError | None = None
    ) -> None:
        for job in jobs:
            self._close(job)
        await asyncio.gather(*(self._told(job).end(job, state, error) for job in jobs))

    def _close(self, job: LiveJob) -> None:
        """Forget what was known of a job that the worker no longer has."""
        self._suspicion.forget(job.id)
        for image_index in range(job.record.recipe.count):
            self._previews.refuse((job.id, image_index), NotFound(f"job {job.id} has ended", job=job.id))

    def _told(self, job: LiveJob) -> Chronicle:
        return job.chronicle or self._recorder

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _deadly(description: str) -> WorkerCrashed:
    said = f"the worker died {MOST_CRASHES} times under this job, at last so: {description}"
    return WorkerCrashed(said, crash_count=MOST_CRASHES)


def _turn(job: LiveJob) -> tuple[int, int]:
    """Larger priorities first, then the older job."""
    return -job.record.priority, job.order


def _order(job: LiveJob, assets: Mapping[str, bytes], checkpoint: bytes = b"") -> Frame:
    """The frame that hands a job to the worker."""
    record = job.record
    header = {
        "op": "run",
        "job": record.id,
        "recipe": record.recipe.to_json(),
        "priority": record.priority,
        "assets": [{"sha256": sha256, "size": len(data)} for sha256, data in assets.items()],
        "checkpoint": len(checkpoint),
        "pixels": job.chronicle is not None,
    }
    return header, b"".join((*assets.values(), checkpoint))
