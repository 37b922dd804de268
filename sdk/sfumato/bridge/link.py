"""The link to the daemon: reached, started where none runs, watched, and reached again when it is gone."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any, Final

from sfumato.client import operations
from sfumato.client.answers import ServerInfo
from sfumato.client.async_connection import AsyncConnection
from sfumato.client.effects import Operation, Renew
from sfumato.client.local import rendezvous
from sfumato.errors import DaemonUnavailable, SfumatoError, Unauthenticated

#: What a daemon must be able to do for the frames of the protocol; live painting is asked for when it is wanted.
NEEDED: Final = frozenset(f"sfumato.{name}/1" for name in ("jobs", "assets", "catalog", "previews"))

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 15.0
_LOOK_S: Final = 1.0
#: The catalogue is compared every so many looks.
_CATALOGUE_LOOKS: Final = 5

#: How gRPC begins what it says of a connection that it does not get.
_GRPC_WORDS: Final = ("unavailable:", "deadline exceeded:", "cancelled:")

Announce = Callable[[dict[str, Any]], None]


class Incompatible(SfumatoError):
    """The daemon is too old or too new for this bridge."""

    reason = "INCOMPATIBLE"


class Link:
    """Holds one connection for the life of the bridge. `announce` gets the frames that tell of its state."""

    def __init__(self, announce: Announce) -> None:
        self._announce = announce
        self._connection: AsyncConnection | None = None
        self._info: ServerInfo | None = None
        self._ready = asyncio.Event()
        self._tried = asyncio.Event()
        self._hurry = asyncio.Event()
        self._trouble: SfumatoError | None = None
        self._catalogue = ""
        self._looking: asyncio.Task[None] | None = None

    @property
    def connection(self) -> AsyncConnection:
        """The connection, once there has been one."""
        assert self._connection is not None
        return self._connection

    @property
    def info(self) -> ServerInfo:
        """What the daemon said of itself."""
        assert self._info is not None
        return self._info

    async def hold(self) -> None:
        """Reach the daemon, and reach it again whenever it is lost, for ever."""
        pause_s = FIRST_PAUSE_S
        self._state("starting", "Sfumato's daemon is being reached.")
        while True:
            try:
                await self._reach()
            except SfumatoError as trouble:
                self._failed(trouble, pause_s)
                await self._wait(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
                continue
            pause_s = FIRST_PAUSE_S
            lost = await self._keep()
            self._ready.clear()
            self._failed(lost, pause_s)
            await self._wait(pause_s)

    def retry(self) -> None:
        """Try now."""
        self._hurry.set()

    async def reached(self) -> AsyncConnection:
        """The connection, after one try at most where it is lost. Raises what stands against it."""
        if not self._ready.is_set():
            if self._trouble is not None:
                self._tried.clear()
                self.retry()
            await self._tried.wait()
        if not self._ready.is_set():
            raise self._trouble or DaemonUnavailable("the daemon does not answer")
        return self.connection

    async def reached_at_last(self) -> AsyncConnection:
        """The connection, however long that takes."""
        await self._ready.wait()
        return self.connection

    async def send_catalogue(self, *, anew: bool) -> None:
        """Send the catalogue, where it has changed or is wanted anew."""
        catalogue = (await self.connection.run(operations.catalogue())).to_json()
        text = json.dumps(catalogue, sort_keys=True)
        if anew or text != self._catalogue:
            self._catalogue = text
            self._announce({"op": "catalogue", **catalogue})

    async def _reach(self) -> None:
        try:
            endpoint, locate = await asyncio.to_thread(rendezvous, None, None, start=True)
        except OSError as error:
            raise DaemonUnavailable(f"the daemon cannot be started: {error}") from error
        if self._connection is None:
            self._connection = AsyncConnection(endpoint, locate)
        else:
            await self._connection.run(_renew())
        info = await self._connection.run(operations.server_info())
        missing = NEEDED - set(info.capabilities)
        if missing:
            raise Incompatible(
                f"The daemon that is running is Sfumato {info.version}, which lacks {', '.join(sorted(missing))}. "
                "Update Sfumato, then run `sfumato stop`."
            )
        self._info = info
        self._trouble = None
        self._catalogue = ""
        self._ready.set()
        self._tried.set()
        self._state("ready", f"Sfumato {info.version}")

    async def _keep(self) -> SfumatoError:
        """Watch the daemon until it is lost; why."""
        looks = 0
        self._look_at_catalogue()
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), _LOOK_S)
            self._hurry.clear()
            looks += 1
            try:
                self._info = await self.connection.run(operations.server_info())
            except SfumatoError as error:
                return error
            if looks % _CATALOGUE_LOOKS == 0:
                self._look_at_catalogue()

    def _look_at_catalogue(self) -> None:
        """In a task of its own: the first catalogue of a new installation waits for the worker."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._compare())

    async def _compare(self) -> None:
        # The daemon that cannot tell is the next look's business.
        with contextlib.suppress(SfumatoError):
            await self.send_catalogue(anew=False)

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), seconds)
        if self._hurry.is_set():
            self._hurry.clear()
            self._state("starting", "Sfumato's daemon is being reached.")

    def _failed(self, trouble: SfumatoError, pause_s: float) -> None:
        print(f"sfumato.bridge: {trouble.message}", file=sys.stderr, flush=True)
        self._trouble = _understood(trouble, os.environ.get("SFUMATO_ADDRESS"))
        if isinstance(self._trouble, Incompatible):
            self._state("incompatible", self._trouble.message)
        else:
            self._state("unavailable", self._trouble.message, retry_in_s=pause_s)
        self._tried.set()

    def _state(self, state: str, message: str, **more: object) -> None:
        self._announce({"op": "state", "state": state, "message": message, **more})


def _renew() -> Operation[None]:
    yield Renew()


def _understood(trouble: SfumatoError, address: str | None) -> SfumatoError:
    """The trouble in words for somebody who paints.

    What a daemon says that does not know what it is asked is a difference of versions.
    """
    if isinstance(trouble, DaemonUnavailable) and trouble.message.startswith(_GRPC_WORDS):
        where = f"Nothing answers at {address}." if address else "Sfumato's daemon does not answer."
        return DaemonUnavailable(where)
    if isinstance(trouble, Unauthenticated):
        return DaemonUnavailable("The daemon refuses the token; set SFUMATO_TOKEN to the one that it was started with.")
    if isinstance(trouble, DaemonUnavailable | Incompatible):
        return trouble
    if "unimplemented" in trouble.message:
        return Incompatible("The daemon that is running does not understand this Sfumato. Run `sfumato stop`.")
    return trouble
