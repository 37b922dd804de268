"""How far edges in a picture agree with the edges of a depth."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
DEPTH_STEP = 0.08
"""A depth edge: nearness, which spans 0.9 in a picture, changes by so much from one pixel to its neighbours."""
SMOOTHING_PX = 3.0
REACH_PX = 3.0


def depth_edges(control: Bytes) -> Bools:
    """Where a control picture (H, W) has a step: silhouettes, occlusions, steps."""
    nearness = control / 255
    return np.asarray(ndimage.maximum_filter(nearness, 3) - ndimage.minimum_filter(nearness, 3) > DEPTH_STEP)


def f_score(found: Bools, wanted: Bools) -> float:
    """Of precision and recall, 0..1; an edge within REACH_PX of one of the others counts (Martin et al. 2004)."""
    precision, recall = _share_near(found, wanted), _share_near(wanted, found)
    return 2 * precision * recall / max(precision + recall, 1e-9)


def steepness_auc(picture: Bytes, wanted: Bools) -> float:
    """How often colour is steeper on an edge than away from all, 0..1; half of it is chance (Mann and Whitney).

    Of a picture (H, W, 3): the gradient at SMOOTHING_PX over the three channels.
    """
    channels = [ndimage.gaussian_gradient_magnitude(picture[..., c] / 255, SMOOTHING_PX) for c in range(3)]
    steepness: npt.NDArray[np.floating[Any]] = np.square(channels).sum(axis=0)
    away = ndimage.distance_transform_edt(~wanted) > REACH_PX
    below = np.searchsorted(np.sort(steepness[away]), steepness[wanted])
    return float((below / max(int(away.sum()), 1)).mean())


def _share_near(edges: Bools, others: Bools) -> float:
    """The share of edges with one of the others within reach."""
    if not edges.any() or not others.any():
        return 0.0
    far = ndimage.distance_transform_edt(~others)
    return float((far[edges] <= REACH_PX).mean())
