"""Operations: what a client does, without saying whether it waits or awaits.

An operation is a generator. It yields effects (call this, wait so long), is sent their outcome or thrown their
error, and returns its result. The two connections, blocking and asyncio, differ only in how they carry effects out.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Generator, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from google.protobuf.message import Message

from sfumato.client.events import Event

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """One request, one response. `method` is a stub's attribute such as `jobs.CreateJob`."""

    method: str
    request: Message
    deadline_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Listen:
    """One request, a stream of responses. The outcome is the stream, for `Next` and its `cancel()`."""

    method: str
    request: Message


@dataclass(frozen=True, slots=True)
class Next:
    """The next response of a stream, or None at its end."""

    stream: Any


@dataclass(frozen=True, slots=True)
class Send:
    """A stream of requests, one response."""

    method: str
    requests: Iterable[Message]


@dataclass(frozen=True, slots=True)
class Converse:
    """A stream of requests, a stream of responses, as of `Listen`. An asyncio connection takes an async iterator."""

    method: str
    requests: Iterable[Message] | AsyncIterable[Message]


@dataclass(frozen=True, slots=True)
class Pause:
    """Let some time pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Renew:
    """Look where the daemon is now; it may have been restarted at another address."""


Effect = Call | Listen | Next | Send | Converse | Pause | Renew
Operation = Generator[Effect, Any, T]
Watch = Generator[Effect | Event, Any, None]
