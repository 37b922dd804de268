"""AssetService: stores and hands out assets, in chunks."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncIterator
from typing import Any, Final

from sfumato.daemon.asset_store import AssetStore
from sfumato.daemon.upload import Upload
from sfumato.errors import InvalidRecipe, NotFound
from sfumato.v1 import assets_pb2

#: While one chunk travels, the next is put into its message.
_CHUNK_BYTES: Final = 2**18


class AssetService:
    """What sfumato/v1/assets.proto promises."""

    def __init__(self, store: AssetStore) -> None:
        self._store = store
        self._uploading: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    async def GetAsset(self, request: assets_pb2.GetAssetRequest, context: Any) -> assets_pb2.GetAssetResponse:
        """Whether an asset is there, or how much of its upload has arrived."""
        return await asyncio.to_thread(self._state_of, request.sha256)

    async def UploadAsset(
        self, requests: AsyncIterator[assets_pb2.UploadAssetRequest], context: Any
    ) -> assets_pb2.UploadAssetResponse:
        """Take an asset's bytes, behind those that are there."""
        chunks = aiter(requests)
        first = await anext(chunks, None)
        if first is None or not first.HasField("header"):
            raise InvalidRecipe.of("header", "expected a header as the first message of an upload")
        lock = self._uploading.setdefault(first.header.asset.sha256, asyncio.Lock())
        async with lock:
            await self._receive(first.header, chunks)
        return assets_pb2.UploadAssetResponse(asset=first.header.asset)

    async def DownloadAsset(
        self, request: assets_pb2.DownloadAssetRequest, context: Any
    ) -> AsyncIterator[assets_pb2.DownloadAssetResponse]:
        """An asset's bytes from an offset."""
        offset = request.offset_bytes
        if offset < 0:
            raise InvalidRecipe.of("offset_bytes", f"got {offset}, expected 0 or more")
        async for chunk in self._chunks(request.sha256, offset):
            yield assets_pb2.DownloadAssetResponse(chunk=chunk)

    async def _chunks(self, sha256: str, offset: int) -> AsyncIterator[bytes]:
        """An asset's bytes from an offset; from memory where they were made a moment ago."""
        at_hand = self._store.at_hand(sha256)
        if at_hand is not None:
            for start in range(offset, len(at_hand), _CHUNK_BYTES):
                yield at_hand[start : start + _CHUNK_BYTES]
            return
        size = _CHUNK_BYTES
        while size == _CHUNK_BYTES:
            chunk = await asyncio.to_thread(self._store.read, sha256, offset, _CHUNK_BYTES)
            size = len(chunk)
            offset += size
            yield chunk

    async def _receive(
        self, header: assets_pb2.UploadHeader, chunks: AsyncIterator[assets_pb2.UploadAssetRequest]
    ) -> None:
        upload = await asyncio.to_thread(Upload, self._store, header)
        if upload.complete:
            return
        try:
            async for message in chunks:
                if not message.HasField("chunk"):
                    raise InvalidRecipe.of("chunk", "expected chunks behind the header")
                await asyncio.to_thread(upload.write, message.chunk)
            await asyncio.to_thread(upload.finish)
        finally:
            upload.close()

    def _state_of(self, sha256: str) -> assets_pb2.GetAssetResponse:
        try:
            size = self._store.keep(sha256)
        except NotFound:
            partial = self._store.partial(sha256)
            received = partial.stat().st_size if partial.exists() else 0
            return assets_pb2.GetAssetResponse(received_bytes=received)
        return assets_pb2.GetAssetResponse(complete=True, received_bytes=size)
