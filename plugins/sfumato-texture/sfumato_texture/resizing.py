"""Maps at another size, by Lanczos; on axes that tile, around the edge."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from PIL import Image

from sfumato_texture.relief import pad

#: As far as Lanczos reaches where a picture becomes sixteen times smaller.
_MARGIN_PX: Final = 48


def resized(planes: torch.Tensor, size_px: tuple[int, int], tile: str) -> torch.Tensor:
    """Planes (1, C, H, W) at another height and width; no value is cut off."""
    height, width = planes.shape[-2:]
    box = _MARGIN_PX, _MARGIN_PX, _MARGIN_PX + width, _MARGIN_PX + height
    padded = pad(planes, _MARGIN_PX, tile)[0].numpy()
    sized = [
        np.asarray(Image.fromarray(each).resize(size_px[::-1], Image.Resampling.LANCZOS, box=box)) for each in padded
    ]
    return torch.from_numpy(np.stack(sized)[None])
