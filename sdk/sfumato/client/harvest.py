"""Harvest: what a watch brings in until its job has ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sfumato.client.events import Artifact, Event, Finished, ImageReady, Stepped
from sfumato.client.picture import Picture

OnStep = Callable[[Stepped], None]


class Harvest:
    """Gathers a job's images from its events, and hands every step to `on_step`.

    Images that did not come with their event are downloaded at once: the daemon writes the job's end down meanwhile.
    """

    def __init__(self, on_step: OnStep | None) -> None:
        self._on_step = on_step
        self._pictures: dict[tuple[int, int], tuple[Artifact, Picture]] = {}

    def take(self, event: Event) -> Artifact | None:
        """Take one event; the image to download now, if there is one. Raises JobCancelled, or the job's error."""
        match event:
            case Stepped() if self._on_step:
                self._on_step(event)
            case ImageReady(artifact=artifact, png=b""):
                return artifact
            case ImageReady(artifact=artifact, png=png):
                self.keep(artifact, Picture(png))
            case Finished():
                event.require_success()
        return None

    def keep(self, artifact: Artifact, picture: Picture) -> None:
        """An image that `take` told of is here."""
        self._pictures[artifact.image_index, artifact.layer_index] = artifact, picture

    def pictures(self) -> list[Picture]:
        """The job's images in their order, each with its layers."""
        made: dict[int, Picture] = {}
        for (image_index, layer_index), (artifact, picture) in sorted(self._pictures.items(), key=lambda row: row[0]):
            if layer_index == 0:
                made[image_index] = replace(picture, layers={})
            else:
                whole = made[image_index]
                made[image_index] = replace(whole, layers={**whole.layers, artifact.layer: picture})
        return [*made.values()]
