"""Where a daemon is, and how to speak to it: gRPC channels, blocking and asyncio."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import grpc
import grpc.aio

from sfumato.v1 import (
    assets_pb2_grpc,
    catalog_pb2_grpc,
    downloads_pb2_grpc,
    jobs_pb2_grpc,
    live_pb2_grpc,
    server_pb2_grpc,
)

_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")

#: A watch may be silent for minutes; without keepalive a link that a router dropped would look the same.
_OPTIONS: Final[tuple[tuple[str, Any], ...]] = (
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.max_receive_message_length", -1),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1_000),
)
_LOCAL_OPTIONS: Final = (*_OPTIONS, ("grpc.enable_http_proxy", 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A daemon's address (`unix:/path`, `host:port`) and the token that it asks for."""

    address: str
    token: str = field(default="", repr=False)

    @property
    def local(self) -> bool:
        """Whether nothing that is said leaves this machine; anywhere else, TLS is used."""
        return self.address.startswith("unix:") or self.address.rpartition(":")[0] in _LOOPBACK

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        """What every call carries."""
        return (("authorization", f"Bearer {self.token}"),) if self.token else ()


class Stubs:
    """The daemon's services over one channel, blocking or asyncio, as attributes."""

    def __init__(self, channel: Any) -> None:
        self.assets: Any = _stub(assets_pb2_grpc, "AssetServiceStub", channel)
        self.catalog: Any = _stub(catalog_pb2_grpc, "CatalogServiceStub", channel)
        self.downloads: Any = _stub(downloads_pb2_grpc, "DownloadServiceStub", channel)
        self.jobs: Any = _stub(jobs_pb2_grpc, "JobServiceStub", channel)
        self.live: Any = _stub(live_pb2_grpc, "LiveServiceStub", channel)
        self.server: Any = _stub(server_pb2_grpc, "ServerServiceStub", channel)


def open_channel(endpoint: Endpoint) -> grpc.Channel:
    """A blocking channel."""
    if endpoint.local:
        return grpc.insecure_channel(endpoint.address, options=_LOCAL_OPTIONS)
    return grpc.secure_channel(endpoint.address, grpc.ssl_channel_credentials(), options=_OPTIONS)


def open_async_channel(endpoint: Endpoint) -> grpc.aio.Channel:
    """An asyncio channel, for the running event loop."""
    if endpoint.local:
        return grpc.aio.insecure_channel(endpoint.address, options=_LOCAL_OPTIONS)
    return grpc.aio.secure_channel(endpoint.address, grpc.ssl_channel_credentials(), options=_OPTIONS)


def _stub(module: Any, name: str, channel: Any) -> Any:
    return getattr(module, name)(channel)
