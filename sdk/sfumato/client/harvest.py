"""Harvest: what a watch brings in until its job has ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sfumato.client.events import Artifact, Event, Finished, ImageReady, Stepped
from sfumato.client.picture import Picture

OnStep = Callable[[Stepped], None]


class Harvest:
    """Gathers a job's images from its events, and hands every step to `on_step`."""

    def __init__(self, on_step: OnStep | None) -> None:
        self._on_step = on_step
        self._artifacts: dict[tuple[int, int], Artifact] = {}

    def take(self, event: Event) -> None:
        """Take one event. Raises what the job failed with, or JobCancelled."""
        match event:
            case Stepped() if self._on_step:
                self._on_step(event)
            case ImageReady(artifact=artifact):
                self._artifacts[artifact.image_index, artifact.layer_index] = artifact
            case Finished():
                event.require_success()

    def pictures(self, downloaded: Mapping[str, Picture]) -> list[Picture]:
        """The job's images in their order, each with its layers. `downloaded` holds the pictures by sha256."""
        made: dict[int, Picture] = {}
        for artifact in self.artifacts:
            picture = downloaded[artifact.sha256]
            if artifact.layer_index == 0:
                made[artifact.image_index] = replace(picture, layers={})
            else:
                whole = made[artifact.image_index]
                made[artifact.image_index] = replace(whole, layers={**whole.layers, artifact.layer: picture})
        return [*made.values()]

    @property
    def artifacts(self) -> list[Artifact]:
        """The job's images in their order, each followed by its further layers."""
        return [artifact for _, artifact in sorted(self._artifacts.items())]
