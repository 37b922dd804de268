"""The options of a request with their pictures as the client uploads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sfumato.images import Pixels, encode_png
from sfumato.recipe import Selection


def packed(options: Mapping[str, Any]) -> dict[str, Any]:
    """The same options, each picture a PNG. It is stored, not compressed: it goes to the next process."""
    return {name: _packed(value) for name, value in options.items()}


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
