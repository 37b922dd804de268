"""The textures while they grow: small pictures, quickly made, gray where nothing is painted yet."""

from __future__ import annotations

from typing import Final

import numpy as np

from sfumato.texturing.arrays import Bytes
from sfumato.texturing.canvas import Canvas
from sfumato.texturing.gutter import dilated
from sfumato.texturing.texels import Texels

_UNPAINTED: Final = 0.5


def growing(canvas: Canvas, texels: Texels, *, at_most_px: int) -> list[Bytes]:
    """Every texture as it is now, (S, S, 3) with S at most `at_most_px`: every second texel, or third, ..."""
    stride = -(-texels.size_px // at_most_px)
    index = texels.index[:, stride // 2 :: stride, stride // 2 :: stride]
    count, size, _ = index.shape
    shown = np.where((canvas.weight > 0)[:, None], canvas.colour, np.float32(_UNPAINTED))
    pile = np.where((index >= 0)[..., None], shown[index], np.float32(_UNPAINTED)).reshape(count * size, size, 3)
    whole = dilated(pile, (index >= 0).reshape(count * size, size), size)
    pictures: Bytes = np.round(np.clip(whole, 0, 1) * 255).astype(np.uint8)
    return list(pictures.reshape(count, size, size, 3))
