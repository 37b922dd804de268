"""GrabCut: the object by its colours, from where it may be."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from sfumato_matte.layers import Plane

#: Larger pictures are cut at this size; the edges are found again at their own.
_SIDE_PX: Final = 512
#: As many colours as each of its two mixtures has; it needs that many pixels at least.
_MIXTURE: Final = 5
_ROUNDS: Final = 6


def cut(rgb: Plane, alpha: Plane, hint: Plane | None, border: float, seed: int) -> Plane:
    """A matte (H, W), 0 or 1 but for what resizing softens. Rother et al. 2004.

    What is transparent is background, and so is the border, a share of each side. `hint` is 1 where the object is for
    sure; without it, all else may be object. Where there is nothing to tell apart, all is object.
    """
    height, width = rgb.shape[:2]
    scale = min(1.0, _SIDE_PX / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], 3)
    shown = [_fit(each, size) for each in (alpha, hint) if each is not None]
    guess = _guess(size[1], size[0], border, shown[0], shown[1] if hint is not None else None)
    background = np.isin(guess, (cv2.GC_BGD, cv2.GC_PR_BGD))
    if min(background.sum(), (~background).sum()) < _MIXTURE:
        return np.ones((height, width), np.float32)
    cv2.setRNGSeed(seed % 2**31)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    found, *_ = cv2.grabCut(
        np.rint(small * 255).astype(np.uint8), guess, (0, 0, 1, 1), *models, _ROUNDS, cv2.GC_INIT_WITH_MASK
    )
    matte = np.isin(found, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
    return np.asarray(cv2.resize(matte, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _guess(height: int, width: int, border: float, alpha: Plane, hint: Plane | None) -> np.ndarray:
    """What each pixel is taken for at first, in OpenCV's numbers."""
    likely = cv2.GC_PR_FGD if hint is None else cv2.GC_PR_BGD
    guess = np.full((height, width), likely, np.uint8)
    down, across = (max(1, round(side * border)) for side in (height, width))
    outside = np.ones((height, width), bool)
    outside[down : height - down, across : width - across] = False
    guess[outside | (alpha < 0.1)] = cv2.GC_BGD
    if hint is not None:
        guess[hint > 0.5] = cv2.GC_FGD
    return guess


def _fit(plane: Plane, size: tuple[int, int]) -> Plane:
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32).reshape(size[1], size[0])
