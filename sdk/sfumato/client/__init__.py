"""The client: `connect` and `aconnect`, which start a local daemon where none runs. Names load when they are used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from sfumato.client.events import (
    Artifact,
    Event,
    Finished,
    ImageReady,
    Interrupted,
    Queued,
    StageEntered,
    Started,
    Stepped,
)

if TYPE_CHECKING:
    from sfumato.adjustments import Adjustment
    from sfumato.client.answers import Job, ServerInfo, WorkerInfo
    from sfumato.client.async_painting import AsyncPainting
    from sfumato.client.async_studio import AsyncJobHandle, AsyncStudio, aconnect
    from sfumato.client.easel import CanvasSource, LiveResult
    from sfumato.client.painting import Painting
    from sfumato.client.picture import Picture
    from sfumato.client.requests import PictureSource, RecipeOptions
    from sfumato.client.studio import JobHandle, Studio, connect

__all__ = [
    "Adjustment",
    "Artifact",
    "AsyncJobHandle",
    "AsyncPainting",
    "AsyncStudio",
    "CanvasSource",
    "Event",
    "Finished",
    "ImageReady",
    "Interrupted",
    "Job",
    "JobHandle",
    "LiveResult",
    "Painting",
    "Picture",
    "PictureSource",
    "Queued",
    "RecipeOptions",
    "ServerInfo",
    "StageEntered",
    "Started",
    "Stepped",
    "Studio",
    "WorkerInfo",
    "aconnect",
    "connect",
]

#: The modules behind the names that need gRPC or Pillow.
_HOMES: Final = {
    "Adjustment": "operations",
    "AsyncJobHandle": "async_studio",
    "AsyncPainting": "async_painting",
    "AsyncStudio": "async_studio",
    "CanvasSource": "easel",
    "Job": "answers",
    "JobHandle": "studio",
    "LiveResult": "easel",
    "Painting": "painting",
    "Picture": "picture",
    "PictureSource": "requests",
    "RecipeOptions": "requests",
    "ServerInfo": "answers",
    "Studio": "studio",
    "WorkerInfo": "answers",
    "aconnect": "async_studio",
    "connect": "studio",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
