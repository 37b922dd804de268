"""What the daemon tells of a job, as frames for the adapter."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from sfumato.adjustments import Adjustment
from sfumato.bridge.faults import fault_of
from sfumato.bridge.fitting import Fitting
from sfumato.bridge.pixels import as_rgba, described, of_pixels, of_png
from sfumato.client.answers import Job
from sfumato.client.events import (
    Artifact,
    Event,
    Finished,
    Interrupted,
    Progressed,
    Queued,
    StageEntered,
    Started,
    Stepped,
)


@dataclass(frozen=True, slots=True)
class Told:
    """A frame for the adapter; `instead_of` names older ones that nobody needs any more."""

    header: dict[str, Any]
    body: bytes = b""
    instead_of: Hashable = None


def accepted(ticket: str, job: Job, adjustments: tuple[Adjustment, ...]) -> Told:
    """The job is on the daemon's disk."""
    rows = [{"field": each.field, "description": each.description} for each in adjustments]
    return Told(
        {"op": "accepted", "ticket": ticket, "job": job.id, "recipe": job.recipe.to_json(), "adjustments": rows}
    )


def rejected(ticket: str, error: dict[str, Any] | None) -> Told:
    """Nothing was queued."""
    return Told({"op": "rejected", "ticket": ticket, "error": error})


def cancelled(ticket: str) -> Told:
    """The job was cancelled before the daemon had it."""
    return Told({"op": "finished", "ticket": ticket, "event": 0, "state": "cancelled", "error": None})


def event(ticket: str, what: Event, fitting: Fitting | None) -> Told | None:
    """A job's event; None for images, which need their pixels, and for kinds that are newer than this bridge."""
    start = {"op": "event", "ticket": ticket, "event": what.number}
    match what:
        case Queued():
            return Told({**start, "kind": "queued"})
        case Started():
            return Told({**start, "kind": "started", "step_index": what.step_index})
        case StageEntered():
            return Told({**start, "kind": "stage", "stage": what.stage})
        case Stepped():
            return _step(start, what, fitting)
        case Progressed():
            told = {name: getattr(what, name) for name in ("image_index", "contribution", "share", "description")}
            return Told({**start, "kind": "progress", **told}, instead_of=("progress", ticket))
        case Interrupted():
            return Told({**start, "kind": "interrupted", "description": what.description})
        case Finished():
            end = {"op": "finished", "ticket": ticket, "event": what.number, "state": what.state}
            return Told({**end, "error": fault_of(what.error)})
        case _:
            return None


def image(ticket: str, number: int, artifact: Artifact, png: bytes, fitting: Fitting | None) -> Told:
    """A finished image, or a layer of it, fitted back. Raises ImageRefused."""
    picture, body = picture_of(png, fitting)
    told = {name: getattr(artifact, name) for name in ("image_index", "layer", "layer_index", "seed", "sha256")}
    return Told({"op": "image", "ticket": ticket, "event": number, **told, "picture": picture}, body)


def picture_of(png: bytes, fitting: Fitting | None) -> tuple[dict[str, Any], bytes]:
    """The pixels of a PNG, fitted back where there is a region."""
    drawn = of_png(png)
    return described(fitting.result(drawn) if fitting else as_rgba(drawn))


def _step(start: dict[str, Any], what: Stepped, fitting: Fitting | None) -> Told:
    told = {name: getattr(what, name) for name in ("image_index", "step_index", "step_count")}
    header = {**start, "kind": "step", **told}
    key = ("step", start["ticket"])
    if what.preview is None:
        return Told(header, instead_of=key)
    small = of_pixels(what.preview)
    picture, body = described(fitting.preview(small) if fitting else as_rgba(small))
    return Told({**header, "picture": picture}, body, key)
