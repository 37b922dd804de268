"""The colours that stand for a picture: median cut, made better by k-means in OKLab."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.spatial import cKDTree

from sfumato_color import oklab
from sfumato_color.oklab import Colours

#: More pixels make a palette no better.
_SAMPLES: Final = 2**16
_ROUNDS: Final = 20


def visible(rgb: Colours, opacity: NDArray[np.float32]) -> Colours:
    """The colours (N, 3) of a picture's pixels that are at least half opaque, at most 65536, evenly spread.

    All of them where none is.
    """
    shown = rgb[opacity >= 0.5] if (opacity >= 0.5).any() else rgb.reshape(-1, 3)
    return shown[:: len(shown) // _SAMPLES + 1]


def palette_of(rgb: Colours, count: int, *, refine: bool = True) -> Colours:
    """At most `count` sRGB colours (K, 3) that stand for `rgb` (N, 3), darkest first."""
    column = Image.fromarray(np.rint(rgb[:, None] * 255).astype(np.uint8))
    cut = column.quantize(count, method=Image.Quantize.MEDIANCUT).convert("RGB")
    found = np.unique(np.asarray(cut).reshape(-1, 3), axis=0).astype(np.float32) / np.float32(255)
    lab = oklab.from_srgb(found)
    if refine:
        lab = _k_means(oklab.from_srgb(rgb), lab)
    return oklab.to_srgb(lab[np.argsort(lab[:, 0], kind="stable")])


def _k_means(lab: Colours, centres: Colours) -> Colours:
    """Lloyd's rounds; a centre that has lost all its colours stays where it is."""
    for _ in range(_ROUNDS):
        nearest = cKDTree(centres).query(lab)[1]
        counts = np.bincount(nearest, minlength=len(centres))
        sums = [np.bincount(nearest, lab[:, axis], len(centres)) for axis in range(3)]
        means = np.stack(sums, axis=1) / np.maximum(counts, 1)[:, None]
        moved = np.where(counts[:, None] > 0, means, centres).astype(np.float32)
        if np.allclose(moved, centres, atol=1e-4):
            break
        centres = moved
    return centres
