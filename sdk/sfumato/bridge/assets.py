"""The pictures of a request on their way to the daemon: packed, then uploaded side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from sfumato.client.assets import upload
from sfumato.client.async_connection import AsyncConnection
from sfumato.images import Pixels, encode_png
from sfumato.recipe import Selection


def packed(options: Mapping[str, Any]) -> dict[str, Any]:
    """The same options, each picture a PNG. It is stored, not compressed: it goes to the next process."""
    return {name: _packed(value) for name, value in options.items()}


async def uploaded(options: Mapping[str, Any], connection: AsyncConnection) -> dict[str, Any]:
    """The packed options, each picture by its sha256. Raises DaemonUnavailable."""
    found = list(dict.fromkeys(_pictures(list(options.values()))))
    names = await asyncio.gather(*(connection.run(upload(png)) for png in found))
    by_bytes = dict(zip(found, names, strict=True))
    return {name: _named(value, by_bytes) for name, value in options.items()}


def _pictures(value: Any) -> Iterator[bytes]:
    match value:
        case bytes():
            yield value
        case Selection():
            yield from _pictures(list(value.params.values()))
        case list():
            for each in value:
                yield from _pictures(each)


def _named(value: Any, names: Mapping[bytes, str]) -> Any:
    match value:
        case bytes():
            return names[value]
        case Selection():
            return Selection(id=value.id, params={name: _named(each, names) for name, each in value.params.items()})
        case list():
            return [_named(each, names) for each in value]
        case _:
            return value


def _packed(value: Any) -> Any:
    match value:
        case Pixels():
            return encode_png(value, compress_level=0)
        case Selection():
            return Selection(id=value.id, params={name: _packed(each) for name, each in value.params.items()})
        case list():
            return [_packed(each) for each in value]
        case _:
            return value
