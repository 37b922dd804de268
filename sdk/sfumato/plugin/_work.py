"""What runs beside the step loop: its progress, its end before time, and what it may ask of the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sfumato.plugin._image import Image
from sfumato.recipe import Recipe, Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A further generation; what is None is as in the job's own recipe.

    `init` with `strength` redraws a picture, of which `mask` (white is repainted) may leave parts alone.
    """

    prompt: str | None = None
    negative_prompt: str | None = None
    width_px: int | None = None
    height_px: int | None = None
    seed: int | None = None
    steps: int | None = None
    tile: str | None = None
    init: Image | None = None
    mask: Image | None = None
    strength: float | None = None
    sampler: Selection | None = None
    guider: Selection | None = None


class Work(Protocol):
    """Handed to a preprocessor or post-processor, which runs on a thread of its own. [post-processing thread]

    Every call raises JobCancelled once the job was cancelled: let it pass.
    """

    recipe: Recipe
    #: The seed that drew this image.
    seed: int
    #: The contribution's own image and mask parameters, by parameter id; those that were left empty are missing.
    images: Mapping[str, Image]
    #: The job's mask (H, W, 1), 1 where it was repainted; None where all was.
    mask: Image | None

    def progress(self, share: float, description: str = "") -> None:
        """Tell that `share` (0 to 1) of the work is done. Call it often: here the work can be cancelled."""
        ...

    def draw(self, wanted: Draw) -> Image:
        """Have the engine draw, with its model, and wait for the image. Raises what the generation failed with."""
        ...
