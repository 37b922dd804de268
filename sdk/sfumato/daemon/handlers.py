"""How an interceptor puts something around an RPC's behaviour without changing what kind of RPC it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import grpc

Behaviour = Callable[[Any, Any], Any]
Continuation = Callable[[grpc.HandlerCallDetails], Awaitable[Any]]

#: Everything of ours; what other services do is their own affair.
OUR_METHODS: Final = "/sfumato."

_KINDS: Final[dict[tuple[bool, bool], tuple[str, Callable[..., Any]]]] = {
    (False, False): ("unary_unary", grpc.unary_unary_rpc_method_handler),
    (False, True): ("unary_stream", grpc.unary_stream_rpc_method_handler),
    (True, False): ("stream_unary", grpc.stream_unary_rpc_method_handler),
    (True, True): ("stream_stream", grpc.stream_stream_rpc_method_handler),
}


def rewrapped(handler: Any, wrap: Callable[[Behaviour, bool], Behaviour]) -> Any:
    """The handler with another behaviour of the same kind. `wrap` gets the old one and whether it streams responses."""
    kind, make = _KINDS[handler.request_streaming, handler.response_streaming]
    behaviour = wrap(getattr(handler, kind), handler.response_streaming)
    return make(
        behaviour,
        request_deserializer=handler.request_deserializer,
        response_serializer=handler.response_serializer,
    )
