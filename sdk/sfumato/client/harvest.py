"""Harvest: what a watch brings in until its job has ended."""

from __future__ import annotations

from collections.abc import Callable

from sfumato.client.events import Artifact, Event, Finished, ImageReady, Stepped

OnStep = Callable[[Stepped], None]


class Harvest:
    """Gathers a job's images from its events, and hands every step to `on_step`."""

    def __init__(self, on_step: OnStep | None) -> None:
        self._on_step = on_step
        self._artifacts: dict[int, Artifact] = {}

    def take(self, event: Event) -> None:
        """Take one event. Raises what the job failed with, or JobCancelled."""
        match event:
            case Stepped() if self._on_step:
                self._on_step(event)
            case ImageReady(artifact=artifact):
                self._artifacts[artifact.image_index] = artifact
            case Finished():
                event.require_success()

    @property
    def artifacts(self) -> list[Artifact]:
        """The job's images in their order."""
        return [artifact for _, artifact in sorted(self._artifacts.items())]
