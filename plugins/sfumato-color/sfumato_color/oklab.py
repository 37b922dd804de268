"""OKLab, in which equal distances look about equally far apart.

Ottosson 2020, https://bottosson.github.io/posts/oklab/; the sRGB transfer function is that of IEC 61966-2-1.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

#: Colours (..., 3).
Colours = NDArray[np.float32]

_TO_CONES: Final = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB: Final = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_LAB: Final = np.linalg.inv(_TO_LAB)
_FROM_CONES: Final = np.linalg.inv(_TO_CONES)


def from_srgb(rgb: Colours) -> Colours:
    """Lightness 0 to 1, and a and b around 0, of sRGB 0 to 1."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lab: Colours = (np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T).astype(np.float32)
    return lab


def to_srgb(lab: Colours) -> Colours:
    """sRGB, clipped to 0 to 1 where a colour lies outside of it."""
    linear = np.clip((lab @ _FROM_LAB.T) ** 3 @ _FROM_CONES.T, 0, 1)
    rgb: Colours = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055).astype(np.float32)
    return np.clip(rgb, 0, 1)
