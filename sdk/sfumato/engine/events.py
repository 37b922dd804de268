"""What the engine tells about a job while it works. Plain values; whoever listens decides what travels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sfumato.errors import SfumatoError
from sfumato.images import Pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """Work on the job began, at this step; over 0 when a checkpoint goes on."""

    job_id: str
    step_index: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StageEntered:
    """The job entered `prepare`, `denoise`, `decode` or `finish`."""

    job_id: str
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """One image took a step; `preview` is the cheap latent-to-RGB picture at an eighth of the size."""

    job_id: str
    image_index: int
    step_index: int
    step_count: int
    sigma: float
    preview: Pixels | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpointed:
    """Everything needed to go on from here, as safetensors bytes."""

    job_id: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewReady:
    """The full picture that somebody asked for; None when the job has no latents yet."""

    job_id: str
    image_index: int
    pixels: Pixels | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progressed:
    """A post-processor has done `share` (0 to 1) of its work on one image."""

    job_id: str
    image_index: int
    contribution: str
    share: float
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageReady:
    """One image, or one layer of it, is done. Layer 0 is the image itself, and comes last."""

    job_id: str
    image_index: int
    seed: int
    pixels: Pixels
    layer: str = ""
    layer_index: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The job ended: `succeeded`, `failed` (with its error) or `cancelled`. The last event of a job."""

    job_id: str
    outcome: str
    elapsed_s: float
    error: SfumatoError | None = None


Event = Started | StageEntered | Stepped | Checkpointed | PreviewReady | Progressed | ImageReady | Ended


class Listener(Protocol):
    """Gets every event on the engine's thread, and must return at once."""

    def __call__(self, event: Event) -> None:
        """Take one event."""
        ...
