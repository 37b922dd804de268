"""Transfers: colours that become like those of another picture. Everything is in OKLab or RGB, as it comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from sfumato_color.oklab import Colours

Weights = NDArray[np.float32]

_TURNS: Final = 16


def match_histogram(colours: Colours, weights: Weights, reference: Colours, reference_weights: Weights) -> Colours:
    """Each channel of `colours` (N, 3) with the distribution of that of `reference` (M, 3).

    Gonzalez and Woods, Digital Image Processing, section 3.3. Weights are opacity: what cannot be seen does not count.
    """
    channels = [_matched(colours[:, axis], weights, reference[:, axis], reference_weights) for axis in range(3)]
    return np.stack(channels, axis=1).astype(np.float32)


def match_distribution(
    colours: Colours,
    weights: Weights,
    reference: Colours,
    reference_weights: Weights,
    progress: Callable[[float], None],
) -> Colours:
    """All channels together, so that no colour appears that the reference does not have.

    Pitie et al. 2007, Automated Colour Grading using Colour Distribution Transfer: histograms are matched again and
    again, each time along other axes.
    """
    random = np.random.default_rng(0)
    for turn in range(_TURNS):
        progress(turn / _TURNS)
        axes = (
            np.linalg.qr(random.standard_normal((3, 3)))[0].astype(np.float32) if turn else np.eye(3, dtype=np.float32)
        )
        turned = match_histogram(colours @ axes, weights, reference @ axes, reference_weights)
        colours = turned @ axes.T
    return colours


def match_spread(colours: Colours, weights: Weights, reference: Colours, reference_weights: Weights) -> Colours:
    """Mean and standard deviation of each channel: Reinhard et al. 2001, Color Transfer between Images, eq. 10, 11."""
    mean, deviation = _moments(colours, weights)
    reference_mean, reference_deviation = _moments(reference, reference_weights)
    scale = reference_deviation / np.maximum(deviation, 1e-6)
    moved: Colours = ((colours - mean) * scale + reference_mean).astype(np.float32)
    return moved


def shift_palette(colours: Colours, palette: Colours, reference: Colours) -> Colours:
    """`colours` (N, 3) moved as their nearest ones in `palette` (K, 3) move to those in `reference` (L, 3).

    Each colour of the one palette goes to another one of the other, so that the sum of ways is least; in between, the
    ways are mixed by distance (as in Chang et al. 2015, Palette-based Photo Recoloring, with Gaussian weights).
    """
    away = np.linalg.norm(palette[:, None] - reference, axis=2)
    mine, theirs = linear_sum_assignment(away)
    ways = reference[away.argmin(axis=1)] - palette
    ways[mine] = reference[theirs] - palette[mine]
    apart = np.linalg.norm(palette[:, None] - palette, axis=2) + 1e9 * np.eye(len(palette))
    width = max(float(apart.min(axis=1).mean()), 1e-3) if len(palette) > 1 else 1.0
    nearness = -np.square(colours[:, None] - palette).sum(axis=2) / (2 * width**2)
    weights = np.exp(nearness - nearness.max(axis=1, keepdims=True))
    mixed = weights / weights.sum(axis=1, keepdims=True) @ ways
    shifted: Colours = (colours + mixed).astype(np.float32)
    return shifted


def _matched(values: Weights, weights: Weights, reference: Weights, reference_weights: Weights) -> Weights:
    _, ranks, places = _ranks(values, weights)
    shown = reference_weights > 0
    levels, reference_ranks, _ = _ranks(reference[shown], reference_weights[shown])
    found: Weights = np.interp(ranks, reference_ranks, levels)[places].astype(np.float32)
    return found


def _ranks(values: Weights, weights: Weights) -> tuple[Weights, Weights, NDArray[np.intp]]:
    """The distinct values, the share of the weight that is below the middle of each, and where each value went."""
    levels, places = np.unique(values, return_inverse=True)
    masses = np.bincount(places, weights)
    below = np.cumsum(masses) - masses / 2
    return levels, below / max(masses.sum(), 1e-9), places


def _moments(colours: Colours, weights: Weights) -> tuple[Colours, Colours]:
    shares = (weights / max(float(weights.sum()), 1e-9))[:, None]
    mean = (colours * shares).sum(axis=0)
    return mean, np.sqrt((np.square(colours - mean) * shares).sum(axis=0))
