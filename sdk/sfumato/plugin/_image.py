"""Images as plugins see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Image:
    """A picture, or one layer of one. Never change `pixels` in place.

    `pixels` is float32 (H, W, C) from 0 to 1 with 1 (grey), 3 (RGB) or 4 (RGBA, straight alpha) channels, in sRGB,
    or plain numbers for maps such as normals. `name` tells a layer from its siblings; `bits` (8 or 16) is the depth
    in which it is worth being kept.
    """

    pixels: NDArray[np.float32]
    name: str = ""
    bits: int = 8

    @property
    def width_px(self) -> int:
        """The width."""
        return int(self.pixels.shape[1])

    @property
    def height_px(self) -> int:
        """The height."""
        return int(self.pixels.shape[0])

    @property
    def has_alpha(self) -> bool:
        """Whether the last of four channels is opacity."""
        return int(self.pixels.shape[2]) == 4
