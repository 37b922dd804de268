"""AsyncPainting: live painting for asyncio. It does what `Painting` does, and awaits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Self, Unpack

from sfumato.client import operations
from sfumato.client.async_connection import AsyncConnection
from sfumato.client.easel import CanvasSource, Easel, LiveResult
from sfumato.client.requests import RecipeOptions
from sfumato.errors import DaemonUnavailable, SfumatoError
from sfumato.v1 import live_pb2


class AsyncPainting:
    """One live painting: show the canvas whenever it changes, and iterate over what it looks like.

    Entering the context begins it, leaving it stops the work.
    """

    def __init__(self, connection: AsyncConnection, easel: Easel) -> None:
        self._connection = connection
        self._easel = easel
        self._changed = asyncio.Event()
        self._ending = self._closed = False
        self._failure: SfumatoError | None = None
        self._stream: Any = None

    async def __aenter__(self) -> Self:
        self._stream = await self._connection.run(operations.converse("live.Paint", self._requests()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def show(self, canvas: CanvasSource | None = None, **options: Unpack[RecipeOptions]) -> int:
        """Draw this canvas from now on, and what `options` change in the recipe; the frame's number.

        It returns at once. What is not given stays as it was; `mask=""` takes the mask away. Raises InvalidRecipe,
        ImageRefused, DaemonUnavailable once the painting is closed, and whatever else iterating over it raised.
        """
        if self._ending:
            raise self._failure or DaemonUnavailable("the painting was closed; begin another one")
        frame = self._easel.show(canvas, options)
        self._changed.set()
        return frame

    def __aiter__(self) -> AsyncIterator[LiveResult]:
        return self

    async def __anext__(self) -> LiveResult:
        """The next result. Raises InvalidRecipe for what was shown, and whatever else ended the painting."""
        try:
            message = await self._connection.run(operations.heard(self._stream))
        except SfumatoError as error:
            if not (self._closed and isinstance(error, DaemonUnavailable)):
                self._failure = error
                raise
            message = None
        finally:
            if self._stream.done():
                self.finish()
        if message is None:
            raise StopAsyncIteration
        return self._easel.result(message)

    async def settle(self) -> LiveResult:
        """Wait until the frame that was shown last is final."""
        async for result in self:
            if result.final and result.frame >= self._easel.frame:
                return result
        raise DaemonUnavailable("the painting ended before its newest frame was final")

    def finish(self) -> None:
        """Show nothing more: iterating ends when the newest frame is final."""
        self._ending = True
        self._changed.set()

    def close(self) -> None:
        """Stop: the work ends within one evaluation."""
        self._closed = True
        if self._stream is not None:
            self._stream.cancel()
        self.finish()

    async def _requests(self) -> AsyncIterator[live_pb2.PaintRequest]:
        """The newest state, whenever the one before has been sent."""
        while True:
            self._changed.clear()
            if request := self._easel.take():
                yield request
            elif self._ending:
                return
            else:
                await self._changed.wait()
