"""The worker's life: started on first need, started again when it dies, ended when it hangs, and stopped at the end."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from functools import partial
from typing import Any, Final, Protocol

from sfumato import black_box
from sfumato.catalogue import Catalogue
from sfumato.daemon.answers import Answers, Promise
from sfumato.daemon.catalogue_file import CatalogueFile
from sfumato.daemon.death import Death, concluded
from sfumato.daemon.overseer import Overseer, Verdict
from sfumato.daemon.patience import Patience
from sfumato.daemon.strikes import Strikes
from sfumato.daemon.worker_link import Frame, WorkerLink
from sfumato.daemon.worker_log import WorkerLog
from sfumato.errors import DaemonUnavailable, WorkerCrashed, from_json
from sfumato.frames import FrameError

_log = logging.getLogger(__name__)

#: A worker that dies so often in a row before it is ready is given up until somebody asks for it again.
_MOST_FAILED_STARTS: Final = 3
_FIRST_DELAY_S: Final = 0.1
_LONGEST_DELAY_S: Final = 30.0
_WATCH_EVERY_S: Final = 1.0
_OVERSEE_EVERY_S: Final = 0.1
#: A job that its worker was told to give up is given up by then, if the worker still listens.
_OBEDIENCE_S: Final = 10.0
#: So many threads of hooks that hung may go on in a worker; with more it is replaced when nothing runs.
_MOST_ABANDONED: Final = 3
_KILL_GRACE_S: Final = 5.0


class Listener(Protocol):
    """Who gives the worker its work."""

    @property
    def has_work(self) -> bool:
        """Whether a worker is needed."""
        ...

    def worker_ready(self) -> None:
        """A worker waits for orders."""
        ...

    def receive(self, header: dict[str, Any], body: bytes) -> Frame:
        """See a frame first, on the thread that reads; what comes back is handed on."""
        ...

    async def take(self, header: dict[str, Any], body: bytes) -> None:
        """A frame about a job. Returning late holds the worker's output up."""
        ...

    def abandon(self, verdict: Verdict) -> None:
        """A hook hangs on a thread of its own: its job is to be given up."""
        ...

    def works_on(self, job_id: str) -> bool:
        """Whether the worker has this job."""
        ...

    async def worker_died(self, death: Death) -> None:
        """The worker is gone, and all its frames have been taken."""
        ...

    async def worker_given_up(self, error: WorkerCrashed) -> None:
        """No worker starts."""
        ...


class Supervisor:
    """Keeps one worker process. `state` is stopped, starting, ready or restarting."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: WorkerLog,
        catalogue: CatalogueFile,
        overseer: Overseer,
        strikes: Strikes,
        *,
        hang_floor_s: float,
    ) -> None:
        self.state = "stopped"
        self.device = ""
        self.crash_count = 0
        self._command = command
        self._environment = {**environment, black_box.VARIABLE: str(overseer.path.absolute())}
        self._log = log
        self._catalogue = catalogue
        self._overseer = overseer
        self._strikes = strikes
        self._verdict: Verdict | None = None
        self._retired = False
        self._hang_floor_s = hang_floor_s
        self._patience = Patience(hang_floor_s)
        self._listener: Listener
        self._link: WorkerLink | None = None
        self._life: asyncio.Task[None] | None = None
        self._stopping = False
        self._ready = Promise()
        self._answers = Answers()
        self._reports: dict[int, asyncio.Queue[dict[str, Any] | None]] = {}

    @property
    def pid(self) -> int:
        """The worker's process id; 0 when there is none."""
        return self._link.pid if self._link else 0

    def serve(self, listener: Listener) -> None:
        """Whom to hand frames to. Comes before everything else."""
        self._listener = listener

    def start(self) -> None:
        """Have a worker, sooner or later."""
        if (self._life is None or self._life.done()) and not self._stopping:
            self.state = "starting"
            self._life = asyncio.create_task(self._keep_alive())
            self._life.add_done_callback(_log_failure)

    async def ready(self) -> None:
        """Start the worker if need be, and wait until it is ready. Raises WorkerCrashed, DaemonUnavailable."""
        if self._stopping:
            raise _stopping()
        self.start()
        await self._ready.wait()

    def send(self, header: dict[str, Any], body: bytes = b"") -> None:
        """Send an order, if there is a worker."""
        if self._link:
            self._link.send(header, body)

    async def ask(self, **order: Any) -> dict[str, Any]:
        """Send an order that is answered; the answer's model. Raises what the worker refuses it with."""
        await self.ready()
        request, expected = self._answers.expect()
        self.send({"request": request, **order})
        return _answered(await asyncio.shield(expected))

    async def follow(self, **order: Any) -> AsyncGenerator[dict[str, Any]]:
        """Send an order that takes its time; what the worker reports of it until it is done.

        Leaving the loop drops the order. Raises what the worker refuses it with.
        """
        await self.ready()
        request, expected = self._answers.expect()
        reports = self._reports[request] = asyncio.Queue()
        expected.add_done_callback(lambda _: reports.put_nowait(None))
        self.send({"request": request, **order})
        try:
            while (report := await reports.get()) is not None:
                yield report
            _answered(expected.result())
        finally:
            del self._reports[request]
            if not expected.done():
                self._answers.forget(request)
                self.send({"op": "drop", "request": request})

    async def stop(self, grace_s: float) -> None:
        """Let the worker write its checkpoints and end; after `grace_s` end it."""
        self._stopping = True
        if self._life:
            await self._end_life(self._life, grace_s)
        self._ready.refuse(_stopping())
        self._answers.refuse_all(_stopping())

    def kill(self) -> None:
        """End the worker at once."""
        if self._link:
            self._link.kill()

    async def _end_life(self, life: asyncio.Task[None], grace_s: float) -> None:
        if self._link is None:
            life.cancel()
        if self.state != "ready":  # it has nothing to write down
            self.kill()
        self.send({"op": "stop"})
        done, _ = await asyncio.wait([life], timeout=grace_s)
        if not done:
            _log.warning("the worker did not end within %g s", grace_s)
            self.kill()
            await asyncio.wait([life], timeout=_KILL_GRACE_S)

    async def _keep_alive(self) -> None:
        """Have workers, one after the other, until one ends that nobody needs."""
        failed_starts, delay_s = 0, _FIRST_DELAY_S
        while True:
            begun_s = time.monotonic()
            was_ready, death = await self._one_life()
            if self._stopping:
                break
            await self._mourn(death)
            set_aside = death.fault is not None and self._strikes.count(death.fault)
            failed_starts = 0 if was_ready or set_aside else failed_starts + 1
            if failed_starts == _MOST_FAILED_STARTS:
                await self._give_up(death.description)
                break
            if not self._listener.has_work and not self._ready.wanted:
                break
            lived_long = time.monotonic() - begun_s > _LONGEST_DELAY_S
            delay_s = _FIRST_DELAY_S if lived_long else min(_LONGEST_DELAY_S, 2 * delay_s)
            await asyncio.sleep(delay_s)
        self.state, self._life = "stopped", None
        if self._listener.has_work:
            self.start()

    async def _mourn(self, death: Death) -> None:
        """Tell everybody whom it concerns that the worker has died."""
        if not death.retired:
            _log.warning("the worker died: %s", death.description)
            self.crash_count += 1
        await self._listener.worker_died(death)
        self._answers.refuse_all(WorkerCrashed(f"the worker died: {death.description}"))

    async def _give_up(self, death: str) -> None:
        error = WorkerCrashed(f"the worker does not start: {death}; see {self._log.path}")
        await self._listener.worker_given_up(error)
        self._ready.refuse(error)

    async def _one_life(self) -> tuple[bool, Death]:
        """Start a worker and take its frames until it ends; whether it ever was ready, and how it ended."""
        self._patience = Patience(self._hang_floor_s)
        self._overseer.begin()
        self._verdict, self._retired = None, False
        try:
            self._link = link = WorkerLink(self._command, self._environment, self._log, self._listener.receive)
        except OSError as error:
            return False, Death(description=f"it cannot be started: {error}")
        watching = asyncio.create_task(self._watch_over(link))
        fault = await self._converse(link)
        self.state = "restarting"
        if fault:
            link.kill()
        ending = await link.wait()
        hung = watching.result() if watching.done() else ""
        watching.cancel()
        was_ready = self._ready.kept
        self._ready.renew()
        self._link = None
        return was_ready, self._conclude(", ".join(filter(None, (fault, hung or ending))), link.exit_code)

    def _conclude(self, description: str, exit_code: int) -> Death:
        if self._retired:
            return Death(description="it was replaced, because of threads that hung", retired=True)
        ate_memory = self._overseer.growth_bytes > self._overseer.memory_limit_bytes // 2
        return concluded(description, exit_code, self._verdict, self._overseer.running, ate_memory=ate_memory)

    async def _converse(self, link: WorkerLink) -> str:
        """Take frames until there are no more; what was wrong with them, if anything was."""
        try:
            async for header, body in link.incoming():
                # A download reports beside a job that may hang.
                if header["op"] != "progress" or not self._listener.has_work:
                    self._patience.saw(header["op"])
                await self._take(header, body)
        except (FrameError, KeyError, TypeError, ValueError) as error:
            _log.error("the worker broke the protocol", exc_info=error)
            return f"it broke the protocol: {error!r}"
        return ""

    async def _take(self, header: dict[str, Any], body: bytes) -> None:
        match header["op"]:
            case "ready":
                self.device = header["device"]
                self._catalogue.replace(Catalogue.from_json(header["catalogue"]))
                self.state = "ready"
                self._ready.keep()
                self._listener.worker_ready()
            case "catalogue":
                self._catalogue.replace(Catalogue.from_json(header["catalogue"]))
            case "answer":
                self._answers.give(header["request"], header)
            case "progress" if "request" in header:
                if (reports := self._reports.get(header["request"])) is not None:
                    reports.put_nowait(header)
            case "alive":
                pass
            case _:
                await self._listener.take(header, body)

    async def _watch_over(self, link: WorkerLink) -> str:
        """End the worker when it has something to do and is silent for too long; says so then."""
        while True:
            busy = self.state != "ready" or self._listener.has_work or bool(self._answers)
            await asyncio.sleep(_OVERSEE_EVERY_S if busy else min(_WATCH_EVERY_S, self._patience.limit_s / 4))
            if not busy:
                self._patience.begin()
                self._replace_if_cluttered()
            elif self._patience.exhausted:
                link.kill()
                return f"it was silent for {self._patience.limit_s:g} s and was ended"
            if deadly := self._oversee(link):
                self._verdict = deadly
                await link.abort()
                return deadly.said

    def _oversee(self, link: WorkerLink) -> Verdict | None:
        """Look at what plugins do; the verdict if only the worker's end can stop one."""
        for verdict in self._overseer.look(link.pid, self._patience.median_step_s):
            if verdict.is_deadly:
                return verdict
            self._listener.abandon(verdict)
            disobeyed = partial(self._end_if_disobeyed, link, verdict)
            asyncio.get_running_loop().call_later(_OBEDIENCE_S, disobeyed)
        return None

    def _end_if_disobeyed(self, link: WorkerLink, verdict: Verdict) -> None:
        """The engine has stopped as well: the hook holds the interpreter's lock."""
        if self._link is link and self._verdict is None and self._listener.works_on(verdict.running.hook.job):
            self._verdict = verdict
            link.kill()

    def _replace_if_cluttered(self) -> None:
        if self.state == "ready" and self._overseer.abandoned > _MOST_ABANDONED and not self._retired:
            _log.info("the worker is replaced: %d threads in it hang", self._overseer.abandoned)
            self._retired = True
            self.send({"op": "stop"})


def _answered(answer: Mapping[str, Any]) -> dict[str, Any]:
    if answer.get("error"):
        raise from_json(answer["error"])
    return dict(answer["model"])


def _log_failure(life: asyncio.Task[None]) -> None:
    if not life.cancelled() and (error := life.exception()):
        _log.error("the worker's supervisor failed", exc_info=error)


def _stopping() -> DaemonUnavailable:
    return DaemonUnavailable("the daemon is stopping; start it again")
