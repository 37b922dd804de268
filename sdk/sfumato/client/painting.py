"""Painting: live painting for callers that wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Self, Unpack

from sfumato.client import operations
from sfumato.client.connection import Connection
from sfumato.client.easel import CanvasSource, Easel, LiveResult
from sfumato.client.requests import RecipeOptions
from sfumato.errors import DaemonUnavailable
from sfumato.v1 import live_pb2


class Painting:
    """One live painting: show the canvas whenever it changes, and iterate over what it looks like.

    `show` may be called from another thread than the one that iterates. Leaving the context stops the work.
    """

    def __init__(self, connection: Connection, easel: Easel) -> None:
        self._connection = connection
        self._easel = easel
        self._changed = threading.Condition()
        self._ending = self._closed = False
        self._stream = connection.run(operations.converse("live.Paint", self._requests()))
        if not self._stream.add_callback(self._end):
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def show(self, canvas: CanvasSource | None = None, **options: Unpack[RecipeOptions]) -> int:
        """Draw this canvas from now on, and what `options` change in the recipe; the frame's number.

        It returns at once. What is not given stays as it was; `mask=""` takes the mask away. Raises InvalidRecipe,
        ImageRefused, DaemonUnavailable once the painting is closed, and whatever else ended it.
        """
        with self._changed:
            if self._ending or not self._stream.is_active():
                failure = None if self._closed else self._connection.failure(self._stream)
                raise failure or DaemonUnavailable("the painting was closed; begin another one")
            frame = self._easel.show(canvas, options)
            self._changed.notify_all()
        return frame

    def __iter__(self) -> Iterator[LiveResult]:
        return self

    def __next__(self) -> LiveResult:
        """The next result. Raises InvalidRecipe for what was shown, and whatever else ended the painting."""
        try:
            message = self._connection.run(operations.heard(self._stream))
        except DaemonUnavailable:
            if not self._closed:
                raise
            message = None
        if message is None:
            raise StopIteration
        return self._easel.result(message)

    def settle(self) -> LiveResult:
        """Wait until the frame that was shown last is final."""
        for result in self:
            if result.final and result.frame >= self._easel.frame:
                return result
        raise DaemonUnavailable("the painting ended before its newest frame was final")

    def finish(self) -> None:
        """Show nothing more: iterating ends when the newest frame is final."""
        self._end()

    def close(self) -> None:
        """Stop: the work ends within one evaluation."""
        self._closed = True
        self._stream.cancel()
        self._end()

    def _end(self) -> None:
        with self._changed:
            self._ending = True
            self._changed.notify_all()

    def _requests(self) -> Iterator[live_pb2.PaintRequest]:
        """On gRPC's thread: the newest state, whenever the one before has been sent."""
        while True:
            with self._changed:
                while (request := self._easel.take()) is None:
                    if self._ending:
                        return
                    self._changed.wait()
            yield request
