"""The blocking connection: carries out operations and waits for each of their effects."""

from __future__ import annotations

import operator
import time
from collections.abc import Callable, Iterator
from typing import Any

import grpc

from sfumato import wire
from sfumato.client.effects import Call, Converse, Effect, Listen, Next, Operation, Pause, Renew, Send, T, Watch
from sfumato.client.endpoint import Endpoint, Stubs, open_channel
from sfumato.client.events import Event
from sfumato.client.local import Locate
from sfumato.errors import DaemonUnavailable, SfumatoError


class Connection:
    """A channel to the daemon that `locate` finds. It may be used from several threads."""

    def __init__(self, endpoint: Endpoint, locate: Locate) -> None:
        self._locate = locate
        self._closed = False
        self._channels: list[grpc.Channel] = []
        self._connect(endpoint)

    def close(self) -> None:
        """End every call that is still going on."""
        self._closed = True
        for channel in self._channels:
            channel.close()

    def run(self, operation: Operation[T]) -> T:
        """The operation's result."""
        resume, outcome = operation.send, None
        while True:
            try:
                effect = resume(outcome)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            resume, outcome = self._outcome(operation, effect)

    def iterate(self, watch: Watch) -> Iterator[Event]:
        """The events of a watch."""
        resume, outcome = watch.send, None
        try:
            while True:
                item = resume(outcome)
                if isinstance(item, Event):
                    yield item
                    resume, outcome = watch.send, None
                else:
                    resume, outcome = self._outcome(watch, item)
        except StopIteration:
            return
        finally:
            watch.close()

    def failure(self, stream: Any) -> SfumatoError | None:
        """What ended a stream; None where it goes on, or has ended well."""
        if stream.is_active() or stream.code() is grpc.StatusCode.OK:
            return None
        return wire.error_from_rpc(stream)

    def _outcome(self, operation: Any, effect: Effect) -> tuple[Callable[[Any], Any], Any]:
        """How the operation goes on: with a result sent to it, or an error thrown into it."""
        try:
            return operation.send, self._perform(effect)
        except grpc.RpcError as error:
            return operation.throw, wire.error_from_rpc(error)
        except ValueError as error:
            if not self._closed:
                raise
            raise closed() from error
        except KeyboardInterrupt as interruption:
            return operation.throw, interruption

    def _perform(self, effect: Effect) -> Any:
        match effect:
            case Call(method, request, deadline_s):
                return self._method(method)(request, timeout=deadline_s, metadata=self._endpoint.metadata)
            case Send(method, requests):
                return self._method(method)(iter(requests), metadata=self._endpoint.metadata)
            case Converse(method, requests):
                return self._method(method)(requests, metadata=self._endpoint.metadata)
            case Listen(method, request):
                return self._method(method)(request, metadata=self._endpoint.metadata)
            case Next(stream):
                return next(stream, None)
            case Pause(seconds):
                return time.sleep(seconds)
            case Renew():
                return self._renew()

    def _method(self, name: str) -> Any:
        return operator.attrgetter(name)(self._stubs)

    def _renew(self) -> None:
        if self._closed:
            raise closed()
        endpoint = self._locate()
        if endpoint and endpoint != self._endpoint:
            self._connect(endpoint)

    def _connect(self, endpoint: Endpoint) -> None:
        # An older channel stays until the end: other threads may still listen on it.
        self._endpoint = endpoint
        self._channels.append(open_channel(endpoint))
        self._stubs = Stubs(self._channels[-1])


def closed() -> DaemonUnavailable:
    """What whoever uses a connection that somebody has closed is told."""
    return DaemonUnavailable("the connection was closed meanwhile")
