"""What the engine tells, as frames to the front. Encoding and writing have a thread of their own."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from io import FileIO
from typing import Any

from sfumato import frames
from sfumato.engine import events
from sfumato.images import Pixels, encode_png
from sfumato.recipe import Recipe

#: A frame's body, or how to make it when its turn to be written has come.
Body = bytes | Callable[[], bytes]
#: The text chunks of the one picture that a recipe makes.
Texts = Callable[[Recipe], Mapping[str, str]]


class Reporter:
    """The engine's listener. It returns at once; frames leave in the order of the events, on another thread.

    `stream` is unbuffered: what a front that has gone did not take must not be left for the interpreter's end.
    """

    def __init__(self, stream: FileIO, texts: Texts) -> None:
        self._stream = stream
        #: For jobs that are expected from now on.
        self.texts = texts
        self._recipes: dict[str, tuple[Recipe, Texts]] = {}
        self._as_pixels: set[str] = set()
        self._outbox: queue.SimpleQueue[tuple[dict[str, Any], Body] | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write, name="reporter", daemon=True)
        self._writer.start()

    def expect(self, job_id: str, recipe: Recipe, *, as_pixels: bool = False) -> None:
        """Events of this job will come; its pictures carry this recipe, or go as they are, 8 bits a channel."""
        self._recipes[job_id] = recipe, self.texts
        if as_pixels:
            self._as_pixels.add(job_id)

    def __call__(self, event: events.Event) -> None:
        """Take one event of the engine."""
        header, body = self._frame(event)
        self.post(header, body)
        if isinstance(event, events.Ended):
            self._recipes.pop(event.job_id, None)
            self._as_pixels.discard(event.job_id)

    def post(self, header: dict[str, Any], body: Body = b"") -> None:
        """Send one frame, after all that were posted before."""
        self._outbox.put((header, body))

    def close(self) -> None:
        """Return when everything that was posted has left."""
        self._outbox.put(None)
        self._writer.join()

    def _frame(self, event: events.Event) -> tuple[dict[str, Any], Body]:
        job = {"job": event.job_id}
        match event:
            case events.Started():
                return {"op": "started", **job, "step_index": event.step_index}, b""
            case events.StageEntered():
                return {"op": "stage", **job, "stage": event.stage}, b""
            case events.Stepped():
                place = {"image_index": event.image_index, "step_index": event.step_index}
                progress = {"step_count": event.step_count, "sigma": event.sigma}
                return {"op": "step", **job, **place, **progress, **_size(event.preview)}, _data(event.preview)
            case events.Checkpointed():
                return {"op": "checkpoint", **job}, event.data
            case events.PreviewReady():
                header = {"op": "preview", **job, "image_index": event.image_index}
                return header | _size(event.pixels), _data(event.pixels)
            case events.Progressed():
                told = {"image_index": event.image_index, "contribution": event.contribution}
                return {"op": "progress", **job, **told, "share": event.share, "description": event.description}, b""
            case events.ImageReady():
                header = {"op": "image", **job, "image_index": event.image_index, "seed": event.seed}
                header |= {"layer": event.layer, "layer_index": event.layer_index}
                if event.job_id in self._as_pixels:
                    return header | _size(event.pixels) | {"mode": event.pixels.mode}, _plain(event.pixels)
                # The recipe of this picture alone: it makes the same picture again without its siblings.
                whole, texts = self._recipes[event.job_id]
                recipe = replace(whole, count=1, seed=event.seed)
                return header | _size(event.pixels), partial(_png, event.pixels, recipe, texts)
            case events.Ended():
                error = event.error.to_json() if event.error else None
                ending = {"outcome": event.outcome, "elapsed_s": event.elapsed_s, "error": error}
                return {"op": "ended", **job, **ending}, b""

    def _write(self) -> None:
        while (frame := self._outbox.get()) is not None:
            header, body = frame
            try:
                self._send(frames.encode(header, body() if callable(body) else body))
            except OSError as error:
                # The front has gone; the end of stdin says so to the rest of the worker.
                print(f"worker: the front takes no more frames: {error}", file=sys.stderr)
                return

    def _send(self, frame: bytes) -> None:
        rest = memoryview(frame)
        while rest:
            rest = rest[self._stream.write(rest) :]


def _png(pixels: Pixels, recipe: Recipe, texts: Texts) -> bytes:
    return encode_png(pixels, texts(recipe), compress_level=0)


def _plain(pixels: Pixels) -> bytes:
    return pixels.data if pixels.bits == 8 else pixels.data[::2]


def _size(pixels: Pixels | None) -> dict[str, int]:
    return {"width_px": pixels.width_px if pixels else 0, "height_px": pixels.height_px if pixels else 0}


def _data(pixels: Pixels | None) -> bytes:
    return pixels.data if pixels else b""
