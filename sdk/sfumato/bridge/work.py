"""One ticket: a job from its frame to its last event, through every loss of the daemon."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from sfumato import images
from sfumato.bridge import assets, telling
from sfumato.bridge.faults import fault_of
from sfumato.bridge.fitting import Fitting
from sfumato.bridge.link import Link
from sfumato.bridge.region import Region
from sfumato.bridge.request import Request, of_frame
from sfumato.bridge.telling import Told
from sfumato.client import operations
from sfumato.client.answers import Job
from sfumato.client.assets import download
from sfumato.client.effects import Operation, T
from sfumato.client.events import Event, Finished, ImageReady
from sfumato.errors import DaemonUnavailable, JobCancelled, NotFound, SfumatoError

Tell = Callable[[Told], None]


class Work:
    """A job under a ticket. `run` tells everything about it, to its end."""

    def __init__(self, ticket: str, link: Link, tell: Tell) -> None:
        self._ticket = ticket
        self._link = link
        self._tell = tell
        self._job = ""
        self._after = 0
        self._fitting: Fitting | None = None
        self._cancelled = asyncio.Event()
        self._over = asyncio.Event()

    def cancel(self) -> None:
        """Stop this job, whether the daemon has it yet or not."""
        self._cancelled.set()

    async def withdraw(self) -> None:
        """Stop this job; returns when the daemon knows it, or never had it."""
        self.cancel()
        await self._over.wait()

    async def submit(self, header: Mapping[str, Any], body: bytes) -> None:
        """Queue the job of a frame and tell of it until it ends."""
        try:
            await self._submit(header, body)
        finally:
            self._over.set()

    async def _submit(self, header: Mapping[str, Any], body: bytes) -> None:
        try:
            request = await asyncio.to_thread(of_frame, header, body)
            options = await asyncio.to_thread(assets.packed, request.options)
            if request.fitting:
                self._fitting, options = request.fitting, request.fitting.carried(options)
            job, adjustments = await self._queued(request, options)
        except JobCancelled:
            self._tell(telling.cancelled(self._ticket))
            return
        except SfumatoError as error:
            self._tell(telling.rejected(self._ticket, fault_of(error)))
            return
        self._job = job.id
        self._tell(telling.accepted(self._ticket, job, adjustments))
        await self._attend()

    async def follow(self, header: Mapping[str, Any]) -> None:
        """Tell of a job that was submitted before."""
        try:
            await self._follow(header)
        finally:
            self._over.set()

    async def _follow(self, header: Mapping[str, Any]) -> None:
        self._job, self._after = str(header.get("job", "")), _whole(header.get("after_event"))
        try:
            job = await self._at_last(lambda: operations.job(self._job))
            self._fitting = await refitted(self._link, header.get("region"), job.recipe.to_json())
        except SfumatoError as error:
            self._tell(telling.rejected(self._ticket, fault_of(error)))
            return
        self._tell(telling.accepted(self._ticket, job, ()))
        await self._attend()

    async def _queued(self, request: Request, options: dict[str, Any]) -> tuple[Job, Any]:
        if self._cancelled.is_set():
            raise JobCancelled("cancelled before it was sent")
        connection = await self._link.reached()
        if self._cancelled.is_set():
            raise JobCancelled("cancelled before it was sent")
        limit = self._link.info.max_asset_bytes
        named = await assets.uploaded(options, connection)
        operation = operations.submit(request.what, named, priority=request.priority, max_asset_bytes=limit)
        return await connection.run(operation)

    async def _at_last(self, ask: Callable[[], Operation[T]]) -> T:
        """What the daemon answers, however often it is lost meanwhile."""
        while True:
            connection = await self._link.reached_at_last()
            try:
                return await connection.run(ask())
            except DaemonUnavailable:
                self._link.retry()
            await asyncio.sleep(0.2)

    async def _attend(self) -> None:
        """Watch to the end, and cancel on the way where that is wanted."""
        cancelling = asyncio.create_task(self._cancel_when_wanted())
        try:
            async for event in self._events():
                await self._pass_on(event)
                self._after = max(self._after, event.number)
        except SfumatoError as error:
            lost = {"op": "finished", "ticket": self._ticket, "event": self._after, "state": "failed"}
            self._tell(Told({**lost, "error": fault_of(error)}))
        finally:
            cancelling.cancel()

    async def _events(self) -> AsyncIterator[Event]:
        """The job's events after the last one that was passed on, over as many connections as it takes."""
        while True:
            connection = await self._link.reached_at_last()
            watch = operations.watch(self._job, after=self._after, previews=True, images=True)
            try:
                async for event in connection.iterate(watch):
                    yield event
                    if isinstance(event, Finished):
                        return
            except DaemonUnavailable:
                self._link.retry()
            await asyncio.sleep(0.2)

    async def _pass_on(self, event: Event) -> None:
        if isinstance(event, ImageReady):
            self._tell(await self._image(event))
            return
        told = await asyncio.to_thread(telling.event, self._ticket, event, self._fitting)
        if told:
            self._tell(told)

    async def _image(self, event: ImageReady) -> Told:
        artifact = event.artifact
        png = event.png or await self._at_last(lambda: download(artifact.sha256))
        return await asyncio.to_thread(telling.image, self._ticket, event.number, artifact, png, self._fitting)

    async def _cancel_when_wanted(self) -> None:
        await self._cancelled.wait()
        with contextlib.suppress(NotFound):
            await self._at_last(lambda: operations.cancel(self._job))
        self._over.set()


async def refitted(link: Link, region: Any, recipe: Mapping[str, Any]) -> Fitting | None:
    """How results of a recipe are fitted back into a region whose pictures an earlier life of the adapter sent."""
    if not isinstance(region, Mapping) or not region:
        return None
    fitting = Fitting(Region.from_json(region, tiles=bool(recipe.get("tile"))))
    if recipe.get("mask"):
        png = await link.connection.run(download(str(recipe["mask"])))
        await asyncio.to_thread(fitting.recover, png)
    if recipe.get("init") and fitting.region.keep_alpha:
        png = await link.connection.run(download(str(recipe["init"])))
        await asyncio.to_thread(fitting.recover_paint, png)
    return fitting


async def fetch(ticket: str, header: Mapping[str, Any], link: Link) -> Told:
    """The pixels of an asset, fitted into the region that they were drawn for, where it is given."""
    try:
        connection = await link.reached()
        png = await connection.run(download(str(header.get("sha256", ""))))
        region = header.get("region")
        recipe = images.recipe_of(png)["recipe"] if region else {}
        fitting = await refitted(link, region, recipe)
        picture, body = await asyncio.to_thread(telling.picture_of, png, fitting)
    except SfumatoError as error:
        return telling.rejected(ticket, fault_of(error))
    return Told({"op": "asset", "ticket": ticket, "picture": picture}, body)


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
