"""DownloadService: models on their way from a hub."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from sfumato.daemon.supervisor import Supervisor
from sfumato.daemon.token_check import require_local
from sfumato.v1 import downloads_pb2


class DownloadService:
    """What sfumato/v1/downloads.proto promises. The worker downloads, beside its jobs."""

    def __init__(self, worker: Supervisor) -> None:
        self._worker = worker

    async def FetchModel(
        self, request: downloads_pb2.FetchModelRequest, context: Any
    ) -> AsyncIterator[downloads_pb2.FetchModelResponse]:
        """Download a model and tell how far it is."""
        require_local(context, "downloading a model")
        async with contextlib.aclosing(self._worker.follow(op="fetch", path=request.path)) as reports:
            async for report in reports:
                yield downloads_pb2.FetchModelResponse(done_bytes=report["done"], total_bytes=report["total"])
