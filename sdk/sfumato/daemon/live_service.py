"""LiveService: draws what is being painted, and keeps nothing of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from typing import Any

from sfumato.daemon.admission import Admission
from sfumato.daemon.dispatcher import Dispatcher
from sfumato.daemon.failures import named
from sfumato.daemon.live_session import LiveSession
from sfumato.daemon.supervisor import Supervisor
from sfumato.errors import DaemonUnavailable
from sfumato.v1 import live_pb2


class LiveService:
    """What sfumato/v1/live.proto promises."""

    def __init__(self, admission: Admission, dispatcher: Dispatcher, worker: Supervisor) -> None:
        self._admission = admission
        self._dispatcher = dispatcher
        self._worker = worker
        self._sessions: set[LiveSession] = set()
        self._draining = False

    def break_off(self) -> None:
        """The daemon is ending: everybody who paints is told to come back."""
        self._draining = True
        for session in self._sessions:
            session.fail(_stopping())

    async def Paint(
        self, requests: AsyncIterator[live_pb2.PaintRequest], context: Any
    ) -> AsyncIterator[live_pb2.PaintResponse]:
        """Draw every frame that comes, the newest first."""
        if self._draining:
            raise _stopping()
        self._worker.start()  # it gets ready while the first stroke is made
        session = LiveSession(self._admission, self._dispatcher)
        self._sessions.add(session)
        work = [asyncio.create_task(_watched(session, part)) for part in (_read(session, requests), session.draw())]
        try:
            async with contextlib.aclosing(session.responses()) as responses:
                async for response in responses:
                    yield response
        finally:
            session.close()
            self._sessions.discard(session)
            for task in work:
                task.cancel()


async def _read(session: LiveSession, requests: AsyncIterator[live_pb2.PaintRequest]) -> None:
    async for request in requests:
        session.show(request)
    session.finish()


async def _watched(session: LiveSession, part: Awaitable[None]) -> None:
    """Whatever goes wrong in a session ends it, and only it."""
    try:
        await part
    except Exception as error:
        session.fail(named(error))


def _stopping() -> DaemonUnavailable:
    return DaemonUnavailable("the daemon is stopping; paint again when it is back")
