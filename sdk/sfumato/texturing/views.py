"""Views: what a model gets to draw one, what comes back, and what is told after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sfumato.texturing.arrays import Bools, Bytes, Floats
from sfumato.texturing.cameras import Camera

if TYPE_CHECKING:
    from PIL import Image

#: Pictures are drawn in blocks of so many pixels, the latents' size.
BLOCK_PX: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One view that is to be drawn: everything about it, as pictures of one size.

    `depth` and `normal` (H, W, 3) are control pictures, `mask` (H, W) is where the surface is; `painted` (H, W, 3) what
    is painted already, carried on to where nothing is, `known` (H, W) where it is; `share` (H, W) how much of the new
    drawing is used: 0 where what is there is kept.
    """

    number: int
    count: int
    camera: Camera
    depth: Bytes
    normal: Bytes
    mask: Bools
    painted: Bytes
    known: Bools
    share: Floats

    @property
    def new(self) -> Bools:
        """Where something is to be drawn, in whole blocks of 8 pixels and beyond the surface's outline, (H, W)."""
        height, width = self.share.shape
        wanted = np.pad(self.share > 0, ((0, -height % BLOCK_PX), (0, -width % BLOCK_PX)))
        rows, columns = wanted.shape[0] // BLOCK_PX, wanted.shape[1] // BLOCK_PX
        blocks = wanted.reshape(rows, BLOCK_PX, columns, BLOCK_PX).any(axis=(1, 3))
        kept = np.pad(self.known, ((0, -height % BLOCK_PX), (0, -width % BLOCK_PX)))
        empty = ~kept.reshape(rows, BLOCK_PX, columns, BLOCK_PX).any(axis=(1, 3))
        whole: Bools = np.kron(blocks | empty, np.ones((BLOCK_PX, BLOCK_PX), bool))[:height, :width]
        return whole


#: Draws a view: a picture of the view's size, (H, W, 3) of 8 bits or from 0 to 1, or Pillow's.
Draw = Callable[[View], "Floats | Bytes | Image.Image"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the painting is: `views_done` of `view_count`, `coverage` the share of texels that a view painted."""

    views_done: int
    view_count: int
    coverage: float
    was_skipped: bool = False


def drawn(answer: Any, camera: Camera) -> Floats:
    """What was drawn as (H, W, 3) from 0 to 1. Raises ValueError for another size."""
    found = np.asarray(answer.convert("RGB") if hasattr(answer, "convert") else answer)
    expected = (camera.height_px, camera.width_px, 3)
    if found.shape[:2] != expected[:2] or found.ndim != 3 or found.shape[2] < 3:
        raise ValueError(f"draw: got a picture of shape {found.shape}, expected {expected}")
    scale = 255 if found.dtype == np.uint8 else 1
    return (found[..., :3] / scale).astype(np.float32)
