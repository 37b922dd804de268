"""What a job tells while somebody watches it. Plain values; nothing here imports gRPC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sfumato.errors import JobCancelled, SfumatoError

if TYPE_CHECKING:
    from sfumato.images import Pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One finished image, or a layer of it: its place in the job, its asset and the seed that draws it alone.

    Layer 0 is the image itself; others have a `layer` name and come before it.
    """

    image_index: int
    sha256: str
    size_bytes: int
    seed: int
    width_px: int
    height_px: int
    layer: str = ""
    layer_index: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of all. `number` rises within the job; a watch goes on after the number that it saw last."""

    number: int
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued(Event):
    """The job waits for the worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(Event):
    """The worker began at this step; over 0 when a checkpoint is continued."""

    step_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StageEntered(Event):
    """The job entered `prepare`, `denoise`, `decode` or `finish`."""

    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped(Event):
    """One image took a step; `preview` is a small picture of it, where the watch asked for previews."""

    image_index: int
    step_index: int
    step_count: int
    sigma: float
    preview: Pixels | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progressed(Event):
    """A post-processor has done `share` (0 to 1) of its work on one image."""

    image_index: int
    contribution: str
    share: float
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageReady(Event):
    """One image, or a layer of it, is done. `png` is empty where it has to be downloaded."""

    artifact: Artifact
    png: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted(Event):
    """The worker died; the job goes on from its last checkpoint."""

    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(Event):
    """The job ended as `succeeded`, `failed` (with its error) or `cancelled`. The last event."""

    state: str
    error: SfumatoError | None
    engine_elapsed_s: float

    def require_success(self) -> None:
        """Return if the job succeeded. Raises what it failed with, or JobCancelled."""
        if self.error:
            raise self.error
        if self.state != "succeeded":
            raise JobCancelled(f"the job was {self.state}")
