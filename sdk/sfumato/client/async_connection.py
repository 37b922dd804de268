"""The asyncio connection: carries out operations and awaits each of their effects."""

from __future__ import annotations

import asyncio
import operator
from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc
import grpc.aio

from sfumato import wire
from sfumato.client.connection import closed
from sfumato.client.effects import Call, Converse, Effect, Listen, Next, Operation, Pause, Renew, Send, T, Watch
from sfumato.client.endpoint import Endpoint, Stubs, open_async_channel
from sfumato.client.events import Event
from sfumato.client.local import Locate


class AsyncConnection:
    """A channel to the daemon that `locate` finds, for the event loop in which it was made."""

    def __init__(self, endpoint: Endpoint, locate: Locate) -> None:
        self._locate = locate
        self._closed = False
        self._channels: list[grpc.aio.Channel] = []
        self._connect(endpoint)

    async def close(self) -> None:
        """End every call that is still going on."""
        self._closed = True
        for channel in self._channels:
            await channel.close(grace=None)

    async def run(self, operation: Operation[T]) -> T:
        """The operation's result."""
        resume, outcome = operation.send, None
        while True:
            try:
                effect = resume(outcome)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            resume, outcome = await self._outcome(operation, effect)

    async def iterate(self, watch: Watch) -> AsyncIterator[Event]:
        """The events of a watch."""
        resume, outcome = watch.send, None
        try:
            while True:
                try:
                    item = resume(outcome)
                except StopIteration:
                    return
                if isinstance(item, Event):
                    yield item
                    resume, outcome = watch.send, None
                else:
                    resume, outcome = await self._outcome(watch, item)
        finally:
            watch.close()

    async def _outcome(self, operation: Any, effect: Effect) -> tuple[Callable[[Any], Any], Any]:
        """How the operation goes on: with a result sent to it, or an error thrown into it."""
        try:
            return operation.send, await self._perform(effect)
        except grpc.RpcError as error:
            return operation.throw, wire.error_from_rpc(error)
        except grpc.aio.UsageError as error:
            if not self._closed:
                raise
            raise closed() from error
        except asyncio.CancelledError as interruption:
            return operation.throw, interruption

    async def _perform(self, effect: Effect) -> Any:
        match effect:
            case Call(method, request, deadline_s):
                return await self._method(method)(request, timeout=deadline_s, metadata=self._endpoint.metadata)
            case Converse(method, requests):
                return self._method(method)(requests, metadata=self._endpoint.metadata)
            case Send(method, requests):
                return await self._method(method)(requests, metadata=self._endpoint.metadata)
            case Listen(method, request):
                return self._method(method)(request, metadata=self._endpoint.metadata)
            case Next(stream):
                message = await stream.read()
                return None if message is grpc.aio.EOF else message  # type: ignore[attr-defined]  # unknown to grpc-stubs
            case Pause(seconds):
                return await asyncio.sleep(seconds)
            case Renew():
                return await self._renew()

    def _method(self, name: str) -> Any:
        return operator.attrgetter(name)(self._stubs)

    async def _renew(self) -> None:
        if self._closed:
            raise closed()
        endpoint = await asyncio.to_thread(self._locate)
        if endpoint and endpoint != self._endpoint:
            self._connect(endpoint)

    def _connect(self, endpoint: Endpoint) -> None:
        # An older channel stays until the end: other tasks may still listen on it.
        self._endpoint = endpoint
        self._channels.append(open_async_channel(endpoint))
        self._stubs = Stubs(self._channels[-1])
