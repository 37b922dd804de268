"""The daemon put together: started, served until somebody asks it to stop, and drained."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, Final

import grpc
from grpc_health.v1 import health, health_pb2_grpc

from sfumato import places
from sfumato.daemon import runtime_file
from sfumato.daemon.admission import Admission
from sfumato.daemon.asset_service import AssetService
from sfumato.daemon.asset_store import AssetStore
from sfumato.daemon.catalog_service import CatalogService
from sfumato.daemon.catalogue_file import CatalogueFile
from sfumato.daemon.checkpoints import Checkpoints
from sfumato.daemon.config import Config
from sfumato.daemon.dispatcher import Dispatcher
from sfumato.daemon.download_service import DownloadService
from sfumato.daemon.failures import FailureMapping
from sfumato.daemon.folder_lock import FolderLock, claim_private_folder
from sfumato.daemon.housekeeping import keep_house
from sfumato.daemon.idleness import Idleness
from sfumato.daemon.job_service import JobService
from sfumato.daemon.job_table import JobTable
from sfumato.daemon.journal import Journal
from sfumato.daemon.listening import check_listeners, listen
from sfumato.daemon.live_pictures import MAX_FRAME_BYTES
from sfumato.daemon.live_service import LiveService
from sfumato.daemon.overseer import Limits, Overseer
from sfumato.daemon.recorder import Recorder
from sfumato.daemon.recovery import Recovery
from sfumato.daemon.runtime_file import RuntimeFile
from sfumato.daemon.server_service import ServerService
from sfumato.daemon.strikes import Strikes
from sfumato.daemon.supervisor import Supervisor
from sfumato.daemon.token_check import TokenCheck, new_token
from sfumato.daemon.worker_log import WorkerLog
from sfumato.errors import StartRefused
from sfumato.v1 import (
    assets_pb2_grpc,
    catalog_pb2_grpc,
    downloads_pb2_grpc,
    jobs_pb2_grpc,
    live_pb2_grpc,
    server_pb2_grpc,
)

_log = logging.getLogger(__name__)

#: Draining takes at most about this long: for the worker to write its checkpoints, and for RPCs to end.
_WORKER_GRACE_S: Final = 20.0
_RPC_GRACE_S: Final = 1.0
#: What a message may hold beside pictures.
_LARGEST_RECIPE_BYTES: Final = 4 * 2**20
#: Clients may ping often enough to notice within seconds that a machine has gone.
_SERVER_OPTIONS: Final = (
    ("grpc.so_reuseport", 0),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_ping_interval_without_data_ms", 5000),
    ("grpc.max_receive_message_length", MAX_FRAME_BYTES + _LARGEST_RECIPE_BYTES),
)


async def serve(config: Config) -> None:
    """Run a daemon until SIGTERM, SIGINT or Shutdown. Raises StartRefused."""
    check_listeners(config)
    _check_plugins_dir(config)
    claim_private_folder(config.runtime_dir)
    with FolderLock(config.data_dir), FolderLock(config.runtime_dir):
        daemon = Daemon(config)
        _on_signals(daemon.stop)
        await daemon.start()
        await daemon.stopped()
        await daemon.drain()


class Daemon:
    """One front. `start`, wait for `stopped`, `drain`."""

    def __init__(self, config: Config) -> None:
        data = config.data_dir
        self._config = config
        self._stop = asyncio.Event()
        self._token = new_token()
        self._journal = Journal(data / "journal.sqlite3")
        self._assets = AssetStore(data / "assets")
        self._jobs = JobTable(self._journal, max_queued=config.max_queued_jobs)
        self._kept_catalogue = CatalogueFile(data / places.CATALOGUE_FILE)
        self._worker_log = WorkerLog(data / "logs" / "worker.log")
        self._worker = Supervisor(
            config.worker_command,
            _environment(config),
            self._worker_log,
            self._kept_catalogue,
            Overseer(config.runtime_dir / "worker.box", _limits(config)),
            Strikes(data),
            hang_floor_s=config.hang_floor_s,
        )
        checkpoints = Checkpoints(data / "checkpoints")
        recorder = Recorder(self._jobs, self._journal, self._assets, checkpoints)
        self._dispatcher = Dispatcher(self._jobs, self._worker, recorder, self._assets, checkpoints)
        self._worker.serve(self._dispatcher)
        self._recovery = Recovery(self._journal, self._jobs, self._dispatcher, recorder, self._assets, checkpoints)
        self._idleness = Idleness()
        self._background: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Bring back what was under way, listen, and tell where. Raises StartRefused."""
        self._server = grpc.aio.server(
            interceptors=(TokenCheck(self._token), self._idleness, FailureMapping()), options=_SERVER_OPTIONS
        )
        self._add_services()
        self._local = listen(self._server, self._config)
        await self._recovery.run()
        await self._server.start()
        release = version("sfumato")
        folder = self._config.plugins_dir
        RuntimeFile(
            pid=os.getpid(),
            address=self._local.address,
            token=self._token,
            version=release,
            plugins_dir=str(folder.absolute()) if folder else "",
        ).write(self._config.runtime_dir)
        _log.info("Sfumato %s listens on %s", release, self._local)
        self._background = [asyncio.create_task(keep_house(self._journal, self._assets))]
        if self._config.idle_exit_s:
            self._background.append(asyncio.create_task(self._stop_when_idle()))

    def stop(self) -> None:
        """Drain soon; asked a second time, do not wait for the worker."""
        if self._stop.is_set():
            self._worker.kill()
        self._stop.set()

    async def stopped(self) -> None:
        """Return when somebody has asked to stop."""
        await self._stop.wait()

    async def drain(self) -> None:
        """Take no new jobs, let the worker write its checkpoints, tell everybody who watches, and end."""
        _log.info("draining")
        self._job_service.refuse_new_jobs()
        self._live_service.break_off()
        await self._health.enter_graceful_shutdown()
        await self._dispatcher.drain(_WORKER_GRACE_S)
        self._jobs.break_off_watches()
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._server.stop(_RPC_GRACE_S)
        await asyncio.to_thread(self._journal.close)
        self._worker_log.close()
        runtime_file.remove_from(self._config.runtime_dir)
        self._local.close()

    def _add_services(self) -> None:
        admission = Admission(self._kept_catalogue, self._assets, self._worker)
        self._job_service = JobService(self._jobs, admission, self._dispatcher, self._assets)
        self._live_service = LiveService(admission, self._dispatcher, self._worker)
        self._health = health.aio.HealthServicer()  # type: ignore[attr-defined]  # missing in the stubs
        services: list[tuple[Callable[..., Any], Any]] = [
            (jobs_pb2_grpc.add_JobServiceServicer_to_server, self._job_service),
            (assets_pb2_grpc.add_AssetServiceServicer_to_server, AssetService(self._assets)),
            (catalog_pb2_grpc.add_CatalogServiceServicer_to_server, CatalogService(admission, self._worker)),
            (downloads_pb2_grpc.add_DownloadServiceServicer_to_server, DownloadService(self._worker)),
            (live_pb2_grpc.add_LiveServiceServicer_to_server, self._live_service),
            (server_pb2_grpc.add_ServerServiceServicer_to_server, self._server_service()),
            (health_pb2_grpc.add_HealthServicer_to_server, self._health),
        ]
        for add, service in services:
            add(service, self._server)

    def _server_service(self) -> ServerService:
        return ServerService(
            version=version("sfumato"),
            jobs=self._jobs,
            worker=self._worker,
            max_queued_jobs=self._config.max_queued_jobs,
            shut_down=self._stop.set,
        )

    async def _stop_when_idle(self) -> None:
        await self._idleness.lasts(self._config.idle_exit_s, self._jobs)
        _log.info("nobody needed the daemon for %g s", self._config.idle_exit_s)
        self._stop.set()


def _check_plugins_dir(config: Config) -> None:
    folder = config.plugins_dir
    if folder and not folder.is_dir():
        said = f"no folder {folder} for plugins; make it, or correct --plugins-dir or {places.PLUGINS_DIR_VARIABLE}"
        raise StartRefused(said, path=folder)


def _environment(config: Config) -> dict[str, str]:
    """What the worker has to agree on with the front."""
    folder = {places.PLUGINS_DIR_VARIABLE: str(config.plugins_dir.absolute())} if config.plugins_dir else {}
    return {places.DATA_DIR_VARIABLE: str(config.data_dir.absolute())} | folder


def _on_signals(stop: Callable[[], None]) -> None:
    """Have SIGINT, SIGTERM and Windows' SIGBREAK call `stop` on the event loop."""
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is None:
            continue
        try:
            loop.add_signal_handler(number, stop)
        except NotImplementedError:  # what asyncio says on Windows, whose event loops take no signals
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))


def _limits(config: Config) -> Limits:
    return Limits(hook_s=config.hook_s, lengthy_hook_s=config.lengthy_hook_s, memory_bytes=config.hook_memory_bytes)
