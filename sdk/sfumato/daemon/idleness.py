"""How long nobody has needed the daemon: one that a client started for itself need not stay for ever."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator, Sized
from typing import Any

import grpc

from sfumato.daemon.handlers import OUR_METHODS, Behaviour, Continuation, rewrapped


class Idleness(grpc.aio.ServerInterceptor):  # type: ignore[type-arg]  # generic in the stubs only
    """Counts our RPCs that are under way; health checks keep nobody awake."""

    def __init__(self) -> None:
        self._under_way = 0
        self._last_s = time.monotonic()

    async def intercept_service(self, continuation: Continuation, details: grpc.HandlerCallDetails) -> Any:
        """Wrap our own RPCs."""
        handler = await continuation(details)
        if handler is None or not details.method.startswith(OUR_METHODS):
            return handler
        return rewrapped(handler, self._counted)

    async def lasts(self, seconds: float, jobs: Sized) -> None:
        """Return when no RPC and no job has been under way for so long, from this call on."""
        self._last_s = time.monotonic()
        while (rest := seconds - self._elapsed_s(jobs)) > 0:
            await asyncio.sleep(rest)

    def _elapsed_s(self, jobs: Sized) -> float:
        if self._under_way or len(jobs):
            self._last_s = time.monotonic()
        return time.monotonic() - self._last_s

    def _counted(self, behaviour: Behaviour, streams: bool) -> Behaviour:
        async def answer(request: Any, context: Any) -> Any:
            with self._one_more():
                return await behaviour(request, context)

        async def stream(request: Any, context: Any) -> AsyncIterator[Any]:
            with self._one_more():
                async with contextlib.aclosing(behaviour(request, context)) as responses:
                    async for response in responses:
                        yield response

        return stream if streams else answer

    @contextlib.contextmanager
    def _one_more(self) -> Iterator[None]:
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            self._last_s = time.monotonic()
