"""ServerService: who the daemon is, what it takes at most, and how its worker does."""

from __future__ import annotations

import os
from collections.abc import Callable, Sized
from typing import Any, Final

from sfumato import border
from sfumato.daemon.asset_store import MAX_ASSET_BYTES
from sfumato.daemon.live_pictures import MAX_FRAME_BYTES
from sfumato.daemon.supervisor import Supervisor
from sfumato.daemon.token_check import require_local
from sfumato.daemon.upload import MAX_CHUNK_BYTES
from sfumato.v1 import server_pb2

CAPABILITIES: Final = (
    "sfumato.jobs/1",
    "sfumato.assets/1",
    "sfumato.catalog/1",
    "sfumato.models/1",
    "sfumato.previews/1",
    "sfumato.checkpoints/1",
    "sfumato.live/1",
)


class ServerService:
    """What sfumato/v1/server.proto promises. `shut_down` asks the daemon to drain and returns at once."""

    def __init__(
        self, *, version: str, jobs: Sized, worker: Supervisor, max_queued_jobs: int, shut_down: Callable[[], None]
    ) -> None:
        self._version = version
        self._jobs = jobs
        self._worker = worker
        self._max_queued_jobs = max_queued_jobs
        self._shut_down = shut_down

    async def GetServerInfo(
        self, request: server_pb2.GetServerInfoRequest, context: Any
    ) -> server_pb2.GetServerInfoResponse:
        """Version, capabilities, limits and the worker's state."""
        return server_pb2.GetServerInfoResponse(
            version=self._version,
            capabilities=CAPABILITIES,
            limits=server_pb2.Limits(
                max_asset_bytes=MAX_ASSET_BYTES,
                max_chunk_bytes=MAX_CHUNK_BYTES,
                max_prompt_characters=border.MAX_PROMPT_CHARACTERS,
                max_count=border.MAX_COUNT,
                max_steps=border.MAX_STEPS,
                max_queued_jobs=self._max_queued_jobs,
                max_frame_bytes=MAX_FRAME_BYTES,
            ),
            worker=self._worker_message(),
            active_job_count=len(self._jobs),
            pid=os.getpid(),
        )

    async def StartWorker(self, request: server_pb2.StartWorkerRequest, context: Any) -> server_pb2.StartWorkerResponse:
        """Start the worker now; it is ready when this returns."""
        await self._worker.ready()
        return server_pb2.StartWorkerResponse(worker=self._worker_message())

    async def Shutdown(self, request: server_pb2.ShutdownRequest, context: Any) -> server_pb2.ShutdownResponse:
        """Drain and end."""
        require_local(context, "stopping the daemon")
        self._shut_down()
        return server_pb2.ShutdownResponse()

    def _worker_message(self) -> server_pb2.Worker:
        worker = self._worker
        return server_pb2.Worker(
            state=worker.state, device=worker.device, crash_count=worker.crash_count, pid=worker.pid
        )
