"""Uploads and downloads that go on where they broke off, and check what arrived against its name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from sfumato.client.effects import Call, Listen, Next, Operation, Send
from sfumato.client.patience import RESTARTING, Patience
from sfumato.errors import DataLoss
from sfumato.v1 import assets_pb2

CHUNK_BYTES = 2**20


def upload(data: bytes, *, chunk_bytes: int = CHUNK_BYTES) -> Operation[str]:
    """Put `data` where the daemon can see it, unless it is there; returns its sha256."""
    sha256 = hashlib.sha256(data).hexdigest()
    patience = Patience()
    while True:
        try:
            found = yield Call("assets.GetAsset", assets_pb2.GetAssetRequest(sha256=sha256))
            if not found.complete:
                yield Send("assets.UploadAsset", _parts(data, sha256, found.received_bytes, chunk_bytes))
        except RESTARTING as error:
            yield from patience.wait(error)
        else:
            return sha256


def download(sha256: str) -> Operation[bytes]:
    """The bytes of an asset. Raises NotFound, and DataLoss where they are not what their name says."""
    received = bytearray()
    patience = Patience()
    while True:
        try:
            request = assets_pb2.DownloadAssetRequest(sha256=sha256, offset_bytes=len(received))
            stream = yield Listen("assets.DownloadAsset", request)
            while (message := (yield Next(stream))) is not None:
                received += message.chunk
                patience.rest()
        except RESTARTING as error:
            yield from patience.wait(error)
        else:
            break
    arrived = hashlib.sha256(received).hexdigest()
    if arrived != sha256:
        raise DataLoss(f"asset {sha256} arrived as {len(received)} bytes with sha256 {arrived}; download it again")
    return bytes(received)


def _parts(data: bytes, sha256: str, start: int, chunk_bytes: int) -> Iterator[assets_pb2.UploadAssetRequest]:
    asset = assets_pb2.Asset(sha256=sha256, size_bytes=len(data))
    yield assets_pb2.UploadAssetRequest(header=assets_pb2.UploadHeader(asset=asset, offset_bytes=start))
    for offset in range(start, len(data), chunk_bytes):
        yield assets_pb2.UploadAssetRequest(chunk=data[offset : offset + chunk_bytes])
