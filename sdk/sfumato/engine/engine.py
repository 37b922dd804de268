"""The engine: jobs in, events out, one unit of work a turn, the most urgent first.

Everything here happens on the one thread that calls it. A unit is a network call, a tile of a VAE, or what a job
does in between; nothing more urgent ever waits for longer than one of them.
"""

from __future__ import annotations

import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

import torch

import sfumato.plugin as sf
from sfumato.black_box import OWN, BlackBox, Hook, encoded
from sfumato.engine import stepper
from sfumato.engine.batching import BatchProfile, key_of
from sfumato.engine.bench import Bench, Models
from sfumato.engine.blame import is_out_of_memory
from sfumato.engine.encodings import Encodings
from sfumato.engine.errand import Errand
from sfumato.engine.events import Ended, Event, ImageReady, Listener, PreviewReady, Started, Stepped
from sfumato.engine.guard import Guard
from sfumato.engine.job import Job, fit
from sfumato.engine.noise import NoiseFactory, SeededNoise
from sfumato.engine.registry import Registry
from sfumato.engine.stages import Stages
from sfumato.engine.stepper import Answer, Request
from sfumato.errors import JobCancelled, OutOfMemory, SfumatoError
from sfumato.images import Pixels
from sfumato.recipe import Recipe

log = logging.getLogger(__name__)

_TURN: Final = encoded(Hook(plugin=OWN, version="", hook="turn"))


class Engine:
    """Advances all jobs that were submitted, an evaluation at a time.

    Without a `profile`, trajectories never share a network call. A job is checkpointed at most every
    `checkpoint_every_s`, between two evaluations.
    """

    def __init__(
        self,
        *,
        registry: Registry,
        models: Models,
        listener: Listener,
        checkpoint_every_s: float = 2.0,
        profile: BatchProfile | None = None,
        noise: NoiseFactory = SeededNoise,
        clock: Callable[[], float] = time.monotonic,
        wake: Callable[[], None] = lambda: None,
        black_box: BlackBox | None = None,
    ) -> None:
        self._guard = Guard(box=black_box or BlackBox())
        self._later: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._roused = threading.Event()
        self._wake_owner = wake
        self._listeners = [listener]
        self._jobs: dict[str, Job] = {}
        self._numbers = itertools.count()
        self._bench = Bench(
            registry=registry,
            models=models,
            emit=self._emit,
            emit_later=self._emit_later,
            wake=self._wake,
            noise=noise,
            profile=profile,
            encodings=Encodings(),
            checkpoint_every_s=checkpoint_every_s,
            clock=clock,
            guard=self._guard,
        )

    def submit(
        self,
        job_id: str,
        recipe: Recipe,
        *,
        priority: int = 0,
        assets: Mapping[str, bytes] | None = None,
        checkpoint: bytes = b"",
    ) -> None:
        """Take a job. A higher priority goes first, equal ones in the order of their arrival.

        A checkpoint that is damaged or of another recipe starts the job over, which `Started.step_index` tells.
        Raises ValueError while a job with this id is here.
        """
        if job_id in self._jobs:
            raise ValueError(f"job {job_id!r} is here already; take another id")
        stages = Stages(job_id, recipe, self._bench, assets=dict(assets or {}), checkpoint_data=checkpoint)
        number = next(self._numbers)
        self._jobs[job_id] = Job(
            id=job_id, recipe=recipe, priority=priority, number=number, stages=stages, script=stages.run()
        )

    def use(self, registry: Registry) -> None:
        """Take contributions from here for jobs that are submitted from now on; the others keep what they have."""
        self._bench = replace(self._bench, registry=registry)

    def cancel(self, job_id: str) -> None:
        """Drop a job at the next turn. A job that is not here stays as it ended."""
        if job_id in self._jobs:
            self._jobs[job_id].cancelled = True

    def fail(self, job_id: str, error: SfumatoError) -> None:
        """End a job for a reason that somebody else has found."""
        if job_id in self._jobs:
            self._end(self._jobs[job_id], "failed", error)

    def request_preview(self, job_id: str, image_index: int) -> None:
        """Decode an image as it is now, before the job's next evaluation; PreviewReady answers in any case."""
        job = self._jobs.get(job_id)
        decoding = job.stages.preview(image_index) if job else None
        if job is None or decoding is None:
            self._emit(PreviewReady(job_id=job_id, image_index=image_index, pixels=None))
        else:
            job.asides.append(decoding)

    def turn(self) -> bool:
        """Do one unit of work of the most urgent job that can go on; false when none can before `wake`."""
        self._roused.clear()
        self._guard.begin_turn()
        # It stays there if the turn fails: what ends the process then is not an errand's doing.
        self._guard.lane.enter(_TURN, None)
        self._tell_what_came_later()
        # Not in inference mode, whose tensors do not count who changes them in place.
        with torch.no_grad():
            for job in [job for job in self._jobs.values() if job.cancelled]:
                self._end(job, "cancelled", JobCancelled(f"job {job.id} was cancelled", job=job.id))
            able = [job for job in self._jobs.values() if not job.waits]
            if able:
                self._work(min(able, key=lambda job: job.urgency))
        self._guard.lane.leave()
        return bool(able)

    def checkpoint_all(self) -> None:
        """Tell where every job that has trajectories is."""
        for job in list(self._jobs.values()):
            try:
                job.stages.checkpoint()
            except SfumatoError as error:
                self._end(job, "failed", error)

    def generate(self, recipe: Recipe, assets: Mapping[str, bytes] | None = None) -> list[Pixels]:
        """The images of a recipe. Raises the error with which the job failed."""
        job_id = f"generate-{next(self._numbers)}"
        told: list[Event] = []
        self._listeners.append(lambda event: told.append(event) if event.job_id == job_id else None)
        try:
            self.submit(job_id, recipe, assets=assets)
            while job_id in self._jobs:
                if not self.turn():
                    self._roused.wait()
        finally:
            self._listeners.pop()
        for event in told:
            if isinstance(event, Ended) and event.error:
                raise event.error
        return [event.pixels for event in told if isinstance(event, ImageReady)]

    def _work(self, job: Job) -> None:
        if job.asides and not job.went_aside:
            self._go_aside(job)
        elif job.wanted is None:
            self._advance(job, None)
        else:
            self._evaluate_or_gather(job, job.wanted)

    def _go_aside(self, job: Job) -> None:
        """Do a piece of what goes before the job's script; its failure is not the job's."""
        try:
            next(job.asides[0])
            return
        except StopIteration:
            pass
        except Exception as error:
            log.warning("job %s: a preview or a measurement failed: %s", job.id, error)
            job.joins = False
        job.asides.popleft()
        job.went_aside = True

    def _advance(self, job: Job, answer: Answer | None) -> None:
        """Run a job's script up to its next pause."""
        if job.started_s is None:
            job.started_s = self._bench.clock()
        job.went_aside = False
        try:
            wish = next(job.script) if answer is None else job.script.send(answer)
            job.wanted = wish if isinstance(wish, Request) else None
            job.errand = wish if isinstance(wish, Errand) else None
        except StopIteration:
            self._end(job, "succeeded")
        except Exception as error:
            self._end(job, "failed", _told(error))

    def _evaluate_or_gather(self, job: Job, wanted: Request) -> None:
        """Evaluate what the job wants, with others where that pays off and all of them are ready for it."""
        profile, company = self._bench.profile, self._company(job)
        if profile is None or not company:
            return self._evaluate([job])
        calls = wanted.trajectories[0]
        width = profile.width(key_of(wanted.family, calls))
        if width is None:
            job.asides.appendleft(profile.measure(wanted.family, calls))
            job.went_aside = False
            return self._go_aside(job)
        ready = [each for each in company if each.wanted and wanted.may_join(each.wanted)]
        joined = fit([job, *ready], width)
        newcomer = next((each for each in company if each.is_new), None)
        if newcomer and sum(each.trajectory_count for each in joined) < width:
            return self._advance(newcomer, None)
        return self._evaluate(joined)

    def _company(self, job: Job) -> list[Job]:
        """The jobs of the same priority that may come to share a network call with this one, oldest first."""
        able = [each for each in self._jobs.values() if each is not job and not each.waits]
        others = [each for each in able if each.priority == job.priority]
        return [each for each in others if job.joins and each.joins and each.shape == job.shape]

    def _evaluate(self, jobs: list[Job]) -> None:
        """One network call for the jobs, the most urgent first."""
        try:
            answers = stepper.evaluate([job.wanted for job in jobs if job.wanted])
        except Exception as error:
            if len(jobs) == 1:
                self._end(jobs[0], "failed", _told(error))
            # Whose doing it was shows when each is evaluated alone.
            for job in jobs:
                job.joins = False
            return
        for job, answer in zip(jobs, answers, strict=True):
            self._advance(job, answer)

    def _end(self, job: Job, outcome: str, error: SfumatoError | None = None) -> None:
        """Drop a job with everything that it holds, and tell how it ended."""
        del self._jobs[job.id]
        unfinished: list[Generator[object, Any, None]] = [*job.asides, job.script]
        for work in unfinished:
            try:
                work.close()
            except Exception as failure:
                log.warning("job %s: a plugin failed while the job was dropped: %s", job.id, failure)
        registry = job.stages.registry
        if registry.has_observers:
            finished = sf.Occasion(job_id=job.id, recipe=job.recipe, outcome=outcome)
            self._guard.tell(registry, "sfumato_job_finished", finished)
        elapsed_s = 0.0 if job.started_s is None else self._bench.clock() - job.started_s
        self._emit(Ended(job_id=job.id, outcome=outcome, elapsed_s=elapsed_s, error=error))

    def _wake(self) -> None:
        """An errand has come back, or asks something. [any thread]"""
        self._roused.set()
        self._wake_owner()

    def _emit_later(self, event: Event) -> None:
        """Tell it on the engine's thread. [any thread]"""
        self._later.put(event)
        self._wake()

    def _tell_what_came_later(self) -> None:
        while not self._later.empty():
            event = self._later.get()
            if event.job_id in self._jobs:
                self._emit(event)

    def _emit(self, event: Event) -> None:
        for listener in self._listeners:
            listener(event)
        job = self._jobs.get(event.job_id)
        if job and job.stages.registry.has_observers:
            _tell_observers(job, event, self._guard)


def _tell_observers(job: Job, event: Event, guard: Guard) -> None:
    occasion = partial(sf.Occasion, job_id=job.id, recipe=job.recipe)
    tell = partial(guard.tell, job.stages.registry)
    match event:
        case Started():
            tell("sfumato_job_started", occasion(step_index=event.step_index))
        case Stepped():
            taken = partial(occasion, image_index=event.image_index, step_index=event.step_index)
            tell("sfumato_step", taken(step_count=event.step_count))


def _told(error: Exception) -> SfumatoError:
    """The error to tell; one that is not ours is a defect of ours, and goes to the log with its trace."""
    if isinstance(error, SfumatoError):
        return error
    if is_out_of_memory(error):
        return OutOfMemory(f"the device has no memory for this job; try a smaller size: {error}")
    log.error("the engine failed", exc_info=error)
    return SfumatoError(f"{type(error).__name__}: {error}")
