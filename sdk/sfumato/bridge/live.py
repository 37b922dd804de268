"""Painting live: one ticket of frames in and results out, through every loss of the daemon."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from sfumato.bridge.faults import fault_of
from sfumato.bridge.fitting import Fitting
from sfumato.bridge.link import Link
from sfumato.bridge.pixels import Array, as_rgba, described, of_pixels, split
from sfumato.bridge.request import Request, parsed
from sfumato.bridge.telling import Told
from sfumato.client.async_painting import AsyncPainting
from sfumato.client.easel import Easel, LiveResult
from sfumato.errors import DaemonUnavailable, InvalidRecipe, SfumatoError

Tell = Callable[[Told], None]


class LiveWork:
    """A live painting under a ticket. The newest frame waits, older ones are left out."""

    def __init__(self, ticket: str, header: Mapping[str, Any], link: Link, tell: Tell) -> None:
        self._ticket = ticket
        self._link = link
        self._tell = tell
        self._recipe = dict(header["recipe"]) if isinstance(header.get("recipe"), Mapping) else {}
        self._region = header.get("region")
        self._pictures: dict[str, Array] = {}
        self._newest: tuple[Mapping[str, Any], bytes] | None = None
        self._changed = asyncio.Event()
        self._closed = False
        self._shown: dict[int, tuple[int, Fitting | None]] = {}
        self._last_frame = 0

    def show(self, header: Mapping[str, Any], body: bytes) -> None:
        """The canvas has changed; one that still waits is left out, its recipe is not."""
        self._newest = (header, body)
        if isinstance(header.get("recipe"), Mapping):
            self._recipe = dict(header["recipe"])
        if header.get("region") is not None:
            self._region = header["region"]
        self._changed.set()

    def close(self) -> None:
        """Enough: the work stops within one evaluation."""
        self._closed = True
        self._changed.set()

    async def run(self) -> None:
        """Paint until it is closed or something is wrong with what is shown."""
        error: SfumatoError | None = None
        try:
            while not self._closed:
                await self._paint_once()
        except SfumatoError as trouble:
            error = trouble
        self._tell(Told({"op": "live_closed", "ticket": self._ticket, "error": fault_of(error)}))

    async def _paint_once(self) -> None:
        """One stream. It ends with the daemon, and the newest canvas goes into the next."""
        newest = await self._next()
        if newest is None:
            return
        connection = await self._link.reached_at_last()
        number, request = newest
        self._shown.clear()
        if "sfumato.live/1" not in self._link.info.capabilities:
            raise InvalidRecipe.of("live", "this daemon cannot paint live; update Sfumato, then run `sfumato stop`")
        easel = Easel(request.what, dict(request.options), self._link.info.max_frame_bytes)
        try:
            async with AsyncPainting(connection, easel) as painting:
                self._shown[painting.show()] = (number, request.fitting)
                await _first_of(self._tell_results(painting), self._keep_showing(painting, easel))
        except DaemonUnavailable:
            self._link.retry()
            self._changed.set()
            await asyncio.sleep(0.2)

    async def _keep_showing(self, painting: AsyncPainting, easel: Easel) -> None:
        """An adapter's recipe is a whole one: of the last frame's, nothing stays."""
        while newest := await self._next():
            number, request = newest
            easel.start_over()
            self._shown[painting.show(**request.options, prompt=request.what)] = (number, request.fitting)

    async def _tell_results(self, painting: AsyncPainting) -> None:
        async for result in painting:
            number, fitting = self._shown.get(result.frame, (0, None))
            if number >= self._last_frame:
                self._last_frame = number
                self._tell(await asyncio.to_thread(self._told, result, number, fitting))

    def _told(self, result: LiveResult, number: int, fitting: Fitting | None) -> Told:
        drawn = of_pixels(result.picture)
        whole = (result.picture.width_px, result.picture.height_px) == (fitting.region.drawn if fitting else None)
        picture = as_rgba(drawn) if fitting is None else fitting.result(drawn) if whole else fitting.preview(drawn)
        described_as, body = described(picture)
        told = {name: getattr(result, name) for name in ("final", "step_index", "step_count", "seed")}
        header = {"op": "live_result", "ticket": self._ticket, "frame": number, **told, "picture": described_as}
        return Told(header, body, ("live", self._ticket))

    async def _next(self) -> tuple[int, Request] | None:
        """The newest canvas and its frame, once it has changed; None when the painting is closed."""
        while self._newest is None or not self._changed.is_set():
            if self._closed:
                return None
            await self._changed.wait()
            if self._newest is None:
                self._changed.clear()
        self._changed.clear()
        if self._closed:
            return None
        header, body = self._newest
        number = header.get("frame")
        request = await asyncio.to_thread(self._parsed, header, body)
        return number if isinstance(number, int) else 0, request

    def _parsed(self, header: Mapping[str, Any], body: bytes) -> Request:
        rows = header.get("pictures") or []
        if not isinstance(rows, list):
            raise InvalidRecipe.of("pictures", f"got {type(rows).__name__}, expected a list")
        self._pictures |= split(rows, body)
        return parsed({"region": self._region}, self._pictures, self._recipe)


async def _first_of(*works: Coroutine[Any, Any, None]) -> None:
    """Return when one of them has ended, or raise what it raised; the others are cancelled."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
