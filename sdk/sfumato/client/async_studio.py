"""AsyncStudio: the asyncio client. It does what `Studio` does, and awaits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Self, Unpack, overload

from sfumato.adjustments import Adjustment
from sfumato.catalogue import Catalogue, ModelCard, PluginCard
from sfumato.client import operations
from sfumato.client.answers import Job, ServerInfo, WorkerInfo
from sfumato.client.assets import download, upload
from sfumato.client.async_connection import AsyncConnection
from sfumato.client.async_painting import AsyncPainting
from sfumato.client.easel import Easel
from sfumato.client.events import Artifact, Event
from sfumato.client.harvest import Harvest, OnStep
from sfumato.client.local import rendezvous
from sfumato.client.operations import INTERACTIVE_PRIORITY, OnDownload
from sfumato.client.picture import Picture
from sfumato.client.requests import PictureSource, RecipeOptions, picture_bytes
from sfumato.images import Pixels
from sfumato.recipe import Recipe


async def aconnect(address: str | None = None, *, token: str | None = None, start: bool = True) -> AsyncStudio:
    """A client of the daemon at `address`, else of this user's own, which is started where none runs.

    Use it as in `async with await sfumato.aconnect() as studio`. Raises DaemonUnavailable, Unauthenticated.
    """
    endpoint, locate = await asyncio.to_thread(rendezvous, address, token, start=start)
    connection = AsyncConnection(endpoint, locate)
    try:
        return AsyncStudio(connection, await connection.run(operations.greeting(endpoint.address)))
    except BaseException:
        await connection.close()
        raise


class AsyncJobHandle:
    """One submitted job."""

    def __init__(self, connection: AsyncConnection, job: Job, adjustments: tuple[Adjustment, ...] = ()) -> None:
        self._connection = connection
        self.id = job.id
        self.recipe = job.recipe
        #: What the daemon changed in the request.
        self.adjustments = adjustments

    async def info(self) -> Job:
        """Where the job stands."""
        return await self._connection.run(operations.job(self.id))

    def watch(self, *, after: int = 0, previews: bool = True, images: bool = False) -> AsyncIterator[Event]:
        """The job's events after number `after`, until it has ended. Leaving the loop does not cancel the job.

        With `images`, an `ImageReady` holds its PNG where that is not too large, which saves a download.
        """
        return self._connection.iterate(operations.watch(self.id, after=after, previews=previews, images=images))

    async def result(self, on_step: OnStep | None = None) -> list[Picture]:
        """Wait for the job's images. Raises what it failed with, or JobCancelled."""
        harvest = Harvest(on_step)
        async for event in self.watch(previews=on_step is not None, images=True):
            if artifact := harvest.take(event):
                harvest.keep(artifact, await self.picture(artifact))
        return harvest.pictures()

    async def picture(self, artifact: Artifact) -> Picture:
        """One finished image, before the job has ended if need be."""
        return await self._connection.run(operations.picture(artifact))

    async def preview(self, image_index: int = 0) -> Pixels | None:
        """The current image in full size; None before it has one."""
        return await self._connection.run(operations.preview(self.id, image_index))

    async def cancel(self) -> Job:
        """Stop the job; it ends within one evaluation. A job that has ended stays as it is."""
        return await self._connection.run(operations.cancel(self.id))


class AsyncStudio:
    """A connection to a daemon. Use it as an asyncio context manager, or close it."""

    def __init__(self, connection: AsyncConnection, info: ServerInfo) -> None:
        self._connection = connection
        self._max_asset_bytes = info.max_asset_bytes
        self._max_frame_bytes = info.max_frame_bytes

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the connection. Jobs go on."""
        await self._connection.close()

    @overload
    async def generate(
        self, what: str | Recipe, *, on_step: OnStep | None = None, **options: Unpack[RecipeOptions]
    ) -> Picture: ...

    @overload
    async def generate(
        self, what: str | Recipe, *, count: int, on_step: OnStep | None = None, **options: Unpack[RecipeOptions]
    ) -> list[Picture]: ...

    async def generate(
        self, what: str | Recipe, *, count: int | None = None, on_step: OnStep | None = None, **options: Any
    ) -> Picture | list[Picture]:
        """Make a picture from a prompt, or from a recipe again; a list of them where `count` is given.

        `on_step` is called with every step and its preview. Cancelling the task cancels the job. Raises
        InvalidRecipe, and whatever the job fails with.
        """
        job = await self.submit(what, count=count, **options)
        try:
            pictures = await job.result(on_step)
        except asyncio.CancelledError:
            await job.cancel()
            raise
        return pictures[0] if count is None else pictures

    async def submit(
        self,
        what: str | Recipe,
        *,
        count: int | None = None,
        priority: int = INTERACTIVE_PRIORITY,
        **options: Unpack[RecipeOptions],
    ) -> AsyncJobHandle:
        """Queue a job and return at once. Raises InvalidRecipe, ImageRefused, QueueFull."""
        wanted = {**options, "count": count}
        limit = self._max_asset_bytes
        operation = operations.submit(what, wanted, priority=priority, max_asset_bytes=limit)
        return AsyncJobHandle(self._connection, *(await self._connection.run(operation)))

    def paint(self, what: str | Recipe, **options: Unpack[RecipeOptions]) -> AsyncPainting:
        """Draw the canvas while it is being painted; nothing of it is kept. Use it as an asyncio context manager.

        `options` may hold the canvas already, as `init`. Raises InvalidRecipe, ImageRefused.
        """
        return AsyncPainting(self._connection, Easel(what, options, self._max_frame_bytes))

    async def validate(
        self, what: str | Recipe, *, count: int | None = None, **options: Unpack[RecipeOptions]
    ) -> Recipe:
        """The complete recipe that a request means; nothing is queued. Raises InvalidRecipe."""
        wanted = {**options, "count": count}
        limit = self._max_asset_bytes
        operation = operations.submit(what, wanted, priority=0, max_asset_bytes=limit, validate_only=True)
        return (await self._connection.run(operation))[0].recipe

    async def job(self, job_id: str) -> AsyncJobHandle:
        """A job that was submitted before, by anybody. Raises NotFound."""
        return AsyncJobHandle(self._connection, await self._connection.run(operations.job(job_id)))

    async def jobs(self, state: str = "") -> list[Job]:
        """All jobs, newest first, or those in one state."""
        return await self._connection.run(operations.jobs(state))

    async def upload(self, source: PictureSource) -> str:
        """Store a picture with the daemon; its sha256 can then be `init` or `mask` of many jobs."""
        return await self._connection.run(upload(picture_bytes(source, "source", self._max_asset_bytes)))

    async def download(self, sha256: str) -> bytes:
        """The bytes of an asset. Raises NotFound, DataLoss."""
        return await self._connection.run(download(sha256))

    async def catalogue(self) -> Catalogue:
        """All models, contributions and plugins."""
        return await self._connection.run(operations.catalogue())

    async def models(self) -> tuple[ModelCard, ...]:
        """All models."""
        return await self._connection.run(operations.models())

    async def inspect_model(self, path: str, on_download: OnDownload | None = None) -> ModelCard:
        """What a folder or file on the daemon's machine is, or `owner/name` on the hub, once it is downloaded.

        `on_download` hears how far that is. Raises WeightsRefused, NotFound, NotPermitted, StorageFull.
        """
        return await self._connection.run(operations.inspect_model(path, on_download))

    async def add_model(self, path: str, model_id: str = "", on_download: OnDownload | None = None) -> ModelCard:
        """Add what `inspect_model` takes as a model. Cancelling ends a download, and the next goes on from there."""
        return await self._connection.run(operations.add_model(path, model_id, on_download))

    async def remove_model(self, model_id: str) -> None:
        """Forget a model; its files stay. Raises NotFound."""
        await self._connection.run(operations.remove_model(model_id))

    async def reload_plugins(self) -> tuple[PluginCard, ...]:
        """Look for plugins that are new, gone or changed; all of them as they are now. Running jobs keep theirs."""
        return await self._connection.run(operations.reload_plugins())

    async def info(self) -> ServerInfo:
        """Who the daemon is and how its worker is."""
        return await self._connection.run(operations.server_info())

    async def start_worker(self) -> WorkerInfo:
        """Start the worker now, so that the first job need not wait for it."""
        return await self._connection.run(operations.start_worker())

    async def shut_down(self) -> None:
        """Stop the daemon; running jobs go on at its next start."""
        await self._connection.run(operations.shut_down())
