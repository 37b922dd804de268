"""Who may call: only those who know the token of this start, and for some things only this machine."""

from __future__ import annotations

import hmac
import secrets
from typing import Any, Final

import grpc

from sfumato.daemon.failures import abort
from sfumato.daemon.handlers import Behaviour, Continuation, rewrapped
from sfumato.errors import NotPermitted, Unauthenticated

_OPEN_METHODS: Final = "/grpc.health.v1.Health/"
_KEY: Final = "authorization"


def new_token() -> str:
    """256 random bits as text."""
    return secrets.token_hex(32)


class TokenCheck(grpc.aio.ServerInterceptor):  # type: ignore[type-arg]  # generic in the stubs only
    """Refuses every RPC but health without `authorization: Bearer TOKEN` in its metadata."""

    def __init__(self, token: str) -> None:
        self._expected = f"Bearer {token}".encode()

    async def intercept_service(self, continuation: Continuation, details: grpc.HandlerCallDetails) -> Any:
        """Let the call through, or put a refusal of the same kind in its place."""
        handler = await continuation(details)
        if handler is None or details.method.startswith(_OPEN_METHODS) or self._allows(details.invocation_metadata):
            return handler
        return rewrapped(handler, _refusal)

    def _allows(self, metadata: Any) -> bool:
        shown = next((value for key, value in metadata or () if key == _KEY), "")
        return hmac.compare_digest(shown.encode() if isinstance(shown, str) else shown, self._expected)


def _refusal(_: Behaviour, streams: bool) -> Behaviour:
    async def refuse(request: Any, context: Any) -> None:
        said = "the token is missing or wrong; send `authorization: Bearer TOKEN` with the token of daemon.json"
        await abort(context, Unauthenticated(said))

    return refuse


def require_local(context: Any, what: str) -> None:
    """Raise NotPermitted unless the call came over the local listener; what other machines reach has TLS."""
    if context.auth_context().get("transport_security_type") == [b"ssl"]:
        raise NotPermitted(f"{what} is for connections on the daemon's own machine", what=what)
