"""The desk: each frame of the adapter goes to the work that it is about."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, Final

from sfumato.bridge import telling
from sfumato.bridge.faults import broken_frame
from sfumato.bridge.link import Link
from sfumato.bridge.live import LiveWork
from sfumato.bridge.painting import PaintingWork, unwrap
from sfumato.bridge.pipe import Pipe
from sfumato.bridge.telling import Told
from sfumato.bridge.work import Work, fetch
from sfumato.errors import SfumatoError

#: How long a bridge whose adapter has gone tries to tell the daemon.
_LEAVE_S: Final = 10.0


class Desk:
    """Takes frames in the order in which they come, and never waits for what they ask."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._link = Link(pipe.send)
        self._works: dict[str, Work | PaintingWork] = {}
        self._live: dict[str, LiveWork] = {}
        #: What nobody wants any more once the adapter has gone.
        self._bound: dict[str, Work] = {}
        self._used: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self) -> None:
        """Begin to reach the daemon."""
        self._begin(self._link.hold(), "")

    def take(self, header: dict[str, Any], body: bytes) -> None:
        """Do what a frame says; an op that is newer than this bridge is skipped."""
        op, ticket = header.get("op"), header.get("ticket")
        if op == "retry":
            self._link.retry()
        elif op == "catalogue":
            self._begin(self._catalogue(), "")
        elif op in _OF_TICKETS:
            if isinstance(ticket, str) and ticket:
                self._take(str(op), ticket, header, body)
            else:
                self._tell(telling.rejected("", broken_frame(f"{op}: got the ticket {ticket!r}, expected a word")))

    async def leave(self) -> None:
        """The adapter has gone: cancel the jobs that were to go with it, where the daemon hears of it in time."""
        withdrawn = asyncio.gather(*(work.withdraw() for work in self._bound.values()))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(withdrawn, _LEAVE_S)

    def _take(self, op: str, ticket: str, header: dict[str, Any], body: bytes) -> None:
        if op == "cancel":
            if work := self._works.get(ticket):
                work.cancel()
        elif op == "live_frame":
            if live := self._live.get(ticket):
                live.show(header, body)
        elif op == "live_close":
            if live := self._live.get(ticket):
                live.close()
        elif ticket in self._used:
            said = f"{op}: the ticket {ticket!r} was used before; every piece of work needs one of its own"
            self._tell(telling.rejected(ticket, broken_frame(said)))
        else:
            self._used.add(ticket)
            self._begin(self._work(op, ticket, header, body), ticket)

    def _work(self, op: str, ticket: str, header: dict[str, Any], body: bytes) -> Coroutine[Any, Any, None]:
        """What is to be done under a new ticket; frames of the same ticket may come before it begins."""
        if op == "fetch":
            return self._fetch(ticket, header)
        if op == "unwrap":
            return self._unwrap(ticket, header, body)
        if op == "paint":
            painting = self._works[ticket] = PaintingWork(ticket, self._link, self._tell)
            return painting.run(header, body)
        if op == "live_open":
            live = self._live[ticket] = LiveWork(ticket, header, self._link, self._tell)
            return live.run()
        work = self._works[ticket] = Work(ticket, self._link, self._tell)
        if header.get("ends_with_adapter") is True:
            self._bound[ticket] = work
        return work.submit(header, body) if op == "submit" else work.follow(header)

    async def _fetch(self, ticket: str, header: dict[str, Any]) -> None:
        self._tell(await fetch(ticket, header, self._link))

    async def _unwrap(self, ticket: str, header: dict[str, Any], body: bytes) -> None:
        self._tell(await unwrap(ticket, header, body))

    async def _catalogue(self) -> None:
        try:
            await self._link.reached()
            await self._link.send_catalogue(anew=True)
        except SfumatoError as error:
            self._pipe.complain(f"no catalogue: {error}")

    def _begin(self, work: Coroutine[Any, Any, None], ticket: str) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._ended(done, ticket))

    def _ended(self, task: asyncio.Task[None], ticket: str) -> None:
        """What went wrong without being foreseen is a mistake of this bridge: its log knows where, the artist that."""
        self._tasks.discard(task)
        self._works.pop(ticket, None)
        self._bound.pop(ticket, None)
        self._live.pop(ticket, None)
        if task.cancelled() or (error := task.exception()) is None:
            return
        self._pipe.complain(f"{type(error).__name__}: {error}")
        fault = {"code": "INTERNAL", "message": f"The bridge failed: {error}", "fields": []}
        if ticket:
            self._tell(Told({"op": "finished", "ticket": ticket, "event": 0, "state": "failed", "error": fault}))

    def _tell(self, told: Told) -> None:
        self._pipe.send(told.header, told.body, instead_of=told.instead_of)


_OF_TICKETS = ("submit", "cancel", "follow", "fetch", "paint", "unwrap", "live_open", "live_frame", "live_close")
