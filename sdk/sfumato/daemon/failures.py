"""Every error leaves the daemon as google.rpc.Status; what nobody foresaw leaves as an id that the log explains."""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import grpc

from sfumato import wire
from sfumato.daemon.handlers import OUR_METHODS, Behaviour, Continuation, rewrapped
from sfumato.errors import InvalidRecipe, SfumatoError, Violation

_log = logging.getLogger(__name__)

#: gRPC takes 8 KiB of trailing metadata by default, and an error may quote a megabyte of nonsense.
_STATUS_LIMIT_BYTES: Final = 4096
_QUOTE_LIMITS: Final = (500, 200, 80, 30)
_MOST_VIOLATIONS: Final = 12


class FailureMapping(grpc.aio.ServerInterceptor):  # type: ignore[type-arg]  # generic in the stubs only
    """Turns what a service raises into a status that a client can read; never a traceback."""

    async def intercept_service(self, continuation: Continuation, details: grpc.HandlerCallDetails) -> Any:
        """Wrap our own RPCs."""
        handler = await continuation(details)
        if handler is None or not details.method.startswith(OUR_METHODS):
            return handler
        return rewrapped(handler, _mapped)


def _mapped(behaviour: Behaviour, streams: bool) -> Behaviour:
    async def answer(request: Any, context: Any) -> Any:
        try:
            return await behaviour(request, context)
        except Exception as error:  # the last line of defence before the wire
            await abort(context, named(error))

    async def stream(request: Any, context: Any) -> AsyncIterator[Any]:
        try:
            async with contextlib.aclosing(behaviour(request, context)) as responses:
                async for response in responses:
                    yield response
        except Exception as error:  # the last line of defence before the wire
            await abort(context, named(error))

    return stream if streams else answer


def named(error: Exception) -> SfumatoError:
    """The error itself, or for one that nobody foresaw an error with the id under which the log has the details."""
    if isinstance(error, SfumatoError):
        return error
    incident = secrets.token_hex(4)
    _log.error("internal error %s", incident, exc_info=error)
    return SfumatoError(f"internal error {incident}; the daemon's log has the details", incident=incident)


async def abort(context: Any, error: SfumatoError) -> None:
    """End the RPC with the error."""
    status = fitting_status(error)
    details = ((wire.DETAILS_KEY, status.SerializeToString()),)
    await context.abort(wire.grpc_code(error), status.message, details)


def fitting_status(error: SfumatoError) -> Any:
    """The error's google.rpc.Status, its quotations cut until it fits into the metadata of a response."""
    versions = (wire.status_of(version) for version in _shorter_versions(error))
    return next(status for status in versions if status.ByteSize() <= _STATUS_LIMIT_BYTES)


def _shorter_versions(error: SfumatoError) -> Iterator[SfumatoError]:
    for limit in _QUOTE_LIMITS:
        if isinstance(error, InvalidRecipe):
            rows = error.violations[:_MOST_VIOLATIONS]
            yield InvalidRecipe(
                Violation(field=_cut(row.field, limit), description=_cut(row.description, limit)) for row in rows
            )
        else:
            metadata = {key: _cut(value, limit) for key, value in error.metadata.items()}
            yield type(error)(_cut(error.message, limit), **metadata)
    yield SfumatoError(_cut(error.message, limit))


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]} ... {text[-half:]}"
