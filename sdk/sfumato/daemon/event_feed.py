"""The events of a job that is under way, and everybody who watches them."""

from __future__ import annotations

import asyncio
import bisect
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable
from typing import Any, Final

from sfumato.errors import DaemonUnavailable
from sfumato.v1 import jobs_pb2

Event = jobs_pb2.WatchJobResponse

#: Steps are numbered and not journaled. After a restart numbers go on so far behind the last journaled one that
#: none is given twice: a job takes at most 64 images of 1000 steps.
RESTART_GAP: Final = 2**20


class EventFeed:
    """Numbers a job's events, keeps those that a late watcher must see, and hands each to every watcher.

    Publishing never waits: a slow watcher is offered only the newest of the steps that it has not yet taken, and
    every other event.
    """

    def __init__(self, past: Iterable[Event] = ()) -> None:
        self._kept = list(past)
        self._newest_step: Event | None = None
        self._watches: set[Watch] = set()
        self._broken_off = False
        self.last_number = self._kept[-1].event + RESTART_GAP if self._kept else 0

    def numbered(self, **kind: Any) -> Event:
        """A new event with the next number, not yet published."""
        self.last_number += 1
        event = Event(event=self.last_number, **kind)
        event.time.FromNanoseconds(time.time_ns())
        return event

    def publish(self, event: Event) -> None:
        """Keep the event and hand it to all who watch."""
        if event.HasField("step"):
            self._newest_step = event
        else:
            self._kept.append(event)
        for watch in self._watches:
            watch.offer(event)

    def kept(self, after: int) -> list[Event]:
        """Everything but steps behind number `after`."""
        return [event for event in self._kept if event.event > after]

    def watch(self, after: int) -> Watch:
        """A new watch: what has happened behind number `after`, then whatever happens."""
        past = self.kept(after)
        if self._newest_step and self._newest_step.event > after:
            bisect.insort(past, self._newest_step, key=lambda event: event.event)
        watch = Watch(past, self._watches)
        self._watches.add(watch)
        if self._broken_off:
            watch.break_off()
        return watch

    def break_off(self) -> None:
        """The daemon is ending: everybody, and whoever still comes, is told to watch again at the next one."""
        self._broken_off = True
        for watch in list(self._watches):
            watch.break_off()


class Watch:
    """One watcher's view: iterate it until the job has ended, and close it."""

    def __init__(self, past: Iterable[Event], watches: set[Watch]) -> None:
        self._waiting = deque(past)
        self._news = asyncio.Event()
        self._watches = watches
        self._broken_off = False

    def offer(self, event: Event) -> None:
        """Queue an event; a step takes the place of a step that still waits."""
        if event.HasField("step") and self._waiting and self._waiting[-1].HasField("step"):
            self._waiting[-1] = event
        else:
            self._waiting.append(event)
        self._news.set()

    def break_off(self) -> None:
        """End the iteration with DaemonUnavailable."""
        self._broken_off = True
        self._news.set()

    def close(self) -> None:
        """Nobody iterates any more."""
        self._watches.discard(self)

    async def __aiter__(self) -> AsyncIterator[Event]:
        while True:
            while self._waiting:
                event = self._waiting.popleft()
                yield event
                if event.HasField("finished"):
                    return
            if self._broken_off:
                raise DaemonUnavailable(
                    "the daemon is stopping; the job goes on at its next start, watch it again then"
                )
            self._news.clear()
            await self._news.wait()
