"""StudioDraw: views drawn by a daemon, from words, the depth, and what is painted already."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from PIL import Image

from sfumato.client import events
from sfumato.texturing.arrays import Bytes
from sfumato.texturing.asking import asked
from sfumato.texturing.control import depth_control
from sfumato.texturing.views import View

if TYPE_CHECKING:
    from sfumato.client import JobHandle, Studio

_GROUND: Final = "ground"


class StudioDraw:
    """A `draw` for a Painter. `options` are further ones of `Studio.generate`, such as steps or guider.

    Where the model can follow depth, `control` is set and every view follows its own. Ground brings its own network;
    for others, such as SD-1.5 and SDXL, `depth_network` names a ControlNet. `depth_strength` is over 0 up to 2, or 0
    for drawing without depth; None is what suits the network. `on_event` hears every event of every job.
    """

    def __init__(
        self,
        studio: Studio,
        prompt: str,
        *,
        model: str = _GROUND,
        seed: int = 0,
        depth_network: str = "",
        depth_strength: float | None = None,
        on_event: Callable[[events.Event], None] | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self._studio = studio
        self._prompt = prompt
        self._seed = seed
        #: Hears every event of every job; may be set later.
        self.on_event = on_event
        self._options = {"model": model, **(options or {})}
        self._job: JobHandle | None = None
        self._lock = threading.Lock()
        self._cancelled = False
        self.control = depth_control(studio.catalogue(), model, network=depth_network, strength=depth_strength)

    def __call__(self, view: View) -> Image.Image:
        """The view's picture. Raises what the job fails with, JobCancelled after `cancel`."""
        job = self._submit(self._request(view))
        try:
            for event in job.watch(previews=False, images=False):
                if self.on_event:
                    self.on_event(event)
                if isinstance(event, events.Finished):
                    event.require_success()
            return job.result()[0].pil
        except KeyboardInterrupt:
            job.cancel()
            raise
        finally:
            with self._lock:
                self._job = None

    def cancel(self) -> None:
        """Stop the job that is running, and the next one before it starts. [any thread]"""
        with self._lock:
            self._cancelled = True
            if self._job:
                self._job.cancel()

    def _submit(self, request: dict[str, Any]) -> JobHandle:
        with self._lock:
            self._job = job = self._studio.submit(self._prompt, **request)
            if self._cancelled:
                job.cancel()
                self._cancelled = False
            return job

    def _request(self, view: View) -> dict[str, Any]:
        return asked(view, self._options, seed=self._seed, control=self.control, stand=self._standing)

    def _standing(self, name: str, picture: Bytes) -> Any:
        image = Image.fromarray(picture)
        return self._studio.upload(image) if name == "depth" else image
