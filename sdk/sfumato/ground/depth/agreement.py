"""How far the edges of a picture agree with those of its depth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
DEPTH_STEP = 0.08
"""A depth edge: nearness, which spans 0.9 in a picture, changes by so much from one pixel to its neighbours."""
SMOOTHING_PX = 1.5
REACH_PX = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """`f_score` of the picture's strongest edges against the depth's, 0..1; `auc` 0..1, half of it is chance."""

    f_score: float
    auc: float


def depth_edges(control: Bytes) -> Bools:
    """Where a control picture (H, W) has a step: silhouettes, occlusions, steps."""
    nearness = control / 255
    return np.asarray(ndimage.maximum_filter(nearness, 3) - ndimage.minimum_filter(nearness, 3) > DEPTH_STEP)


def agreement(picture: Bytes, control: Bytes) -> Agreement:
    """Of a picture (H, W, 3) and a control picture (H, W) with depth edges.

    As many of the picture's pixels as the depth has on its edges are its edges: those of the steepest colour. One
    within REACH_PX of the other's counts as found; the F-score is that of precision and recall (Martin et al. 2004).
    """
    wanted, steepness = depth_edges(control), _steepness(picture)
    found = _steepest(steepness, int(wanted.sum()))
    precision = _share_near(found, wanted)
    recall = _share_near(wanted, found)
    f_score = 2 * precision * recall / max(precision + recall, 1e-9)
    return Agreement(f_score=f_score, auc=_auc(steepness, wanted))


def _steepness(picture: Bytes) -> npt.NDArray[np.float64]:
    """How fast colour changes, (H, W): the gradient at SMOOTHING_PX, over the three channels."""
    channels = [ndimage.gaussian_gradient_magnitude(picture[..., c] / 255, SMOOTHING_PX) for c in range(3)]
    return np.asarray(np.sqrt(np.square(channels).sum(axis=0)))


def _steepest(steepness: npt.NDArray[np.float64], count: int) -> Bools:
    """The `count` steepest pixels."""
    chosen = np.zeros(steepness.size, bool)
    chosen[np.argsort(steepness.ravel())[::-1][:count]] = True
    return chosen.reshape(steepness.shape)


def _share_near(edges: Bools, others: Bools) -> float:
    """The share of edges with one of the others within reach."""
    far = ndimage.distance_transform_edt(~others)
    return float((far[edges] <= REACH_PX).mean()) if edges.any() else 0.0


def _auc(score: npt.NDArray[np.float64], wanted: Bools) -> float:
    """How often a pixel on an edge has a higher score than one that is not within reach of one (Mann and Whitney)."""
    away = ndimage.distance_transform_edt(~wanted) > REACH_PX
    on, off = score[wanted], np.sort(score[away])
    below = np.searchsorted(off, on)
    return float((below / max(len(off), 1)).mean())
