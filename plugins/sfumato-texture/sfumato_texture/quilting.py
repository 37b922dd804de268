"""A strip of the picture laid over its wrap line, cut where the two are most alike.

Efros and Freeman 2001, Image Quilting for Texture Synthesis and Transfer, section 2.1: the minimum error boundary cut.
Everything here is about the line between the right and the left side; the other axis is the same picture, turned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sfumato_texture.measures import line_steps

Picture = NDArray[np.float32]
"""(H, W, C)."""

_CANDIDATES: Final = 12
"""So many of the best strips by their sum of differences are compared by their cuts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A strip in the middle of a picture: its first column, where it came from, and where it holds (H, width)."""

    left: int
    pixels: Picture
    holds: NDArray[np.bool_]
    cost: float


def best_patch(
    rolled: Picture, source: Picture, width: int, *, periodic: bool, progress: Callable[[float], None]
) -> Patch:
    """The strip of `source`, `width` columns wide, that covers the middle of `rolled` with the least visible cuts.

    Of the strip, a third on either side overlaps and is cut, and the last third always holds. `periodic` cuts end at
    the bottom in the column in which they begin at the top.
    """
    left, overlap = (rolled.shape[1] - width) // 2, width // 3
    under = rolled[:, left : left + width]
    patches = []
    starts = _candidates(under, source, overlap)
    for place, start in enumerate(starts):
        progress(place / len(starts))
        strip = source[:, start : start + width]
        apart = np.square(strip - under).sum(axis=2)
        before, cost_before = min_error_cut(apart[:, :overlap], periodic=periodic)
        behind, cost_behind = min_error_cut(apart[:, ::-1][:, :overlap], periodic=periodic)
        columns = np.arange(width)
        holds = (columns >= before[:, None]) & (columns < width - behind[:, None])
        patches.append(Patch(left=left, pixels=strip, holds=holds, cost=cost_before + cost_behind))
    return min(patches, key=lambda patch: patch.cost)


def _candidates(under: Picture, source: Picture, overlap: int) -> NDArray[np.intp]:
    """First columns of the strips that differ least where they overlap.

    The middle of a strip becomes the new wrap line, so strips are left out that have an edge of the picture there.
    """
    count, width = source.shape[1], under.shape[1]
    starts = np.arange(count - width + 1)
    middle = line_steps(source, 1)[starts + count // 2 - 1 - (count - width) // 2]
    starts = starts[middle <= np.percentile(middle, 70)]
    differences = _differences(under, source, overlap)[starts]
    best: NDArray[np.intp] = starts[np.argsort(differences, kind="stable")[:_CANDIDATES]]
    return best


def _differences(under: Picture, source: Picture, overlap: int) -> NDArray[np.float64]:
    """For each first column of a strip, its squared difference from `under` where the two overlap, less a constant."""
    count, width = source.shape[1], under.shape[1]
    weights = np.zeros(width, np.float32)
    weights[:overlap] = weights[width - overlap :] = 1
    squares = np.correlate(np.square(source, dtype=np.float64).sum(axis=(0, 2)), weights, "valid")
    spectra = [np.fft.rfft(lines, count, axis=1) for lines in (source, under * weights[:, None])]
    products = np.fft.irfft((spectra[0] * spectra[1].conj()).sum(axis=(0, 2)), count)[: count - width + 1]
    differences: NDArray[np.float64] = squares - 2 * products
    return differences


def min_error_cut(apart: NDArray[np.floating[Any]], *, periodic: bool) -> tuple[NDArray[np.intp], float]:
    """The column of a cut in each row of `apart` (H, n), moving by one column at most, and the sum along it."""
    path, cost = _cut(apart)
    if not periodic or abs(int(path[0]) - int(path[-1])) <= 1:
        return path, cost
    # Where it crosses the middle row is a good place: begin and end there, and turn the rows back.
    middle = len(apart) // 2
    turned = np.roll(apart, -middle, axis=0)
    gate = np.full(apart.shape[1], np.inf)
    gate[path[middle]] = 0
    turned = np.concatenate([turned[:1] + gate, turned[1:], turned[:1] + gate])
    path, cost = _cut(turned)
    return np.roll(path[:-1], middle), cost


def _cut(apart: NDArray[np.floating[Any]]) -> tuple[NDArray[np.intp], float]:
    """By dynamic programming from the first row to the last."""
    rows, columns = apart.shape
    ways = np.empty((rows, columns), np.intp)
    cost = apart[0].astype(np.float64)
    for row in range(1, rows):
        padded = np.pad(cost, 1, constant_values=np.inf)
        choices = np.stack([padded[1:-1], padded[:-2], padded[2:]])
        ways[row] = np.arange(columns) + np.array([0, -1, 1])[np.argmin(choices, axis=0)]
        cost = choices.min(axis=0) + apart[row]
    path = np.empty(rows, np.intp)
    path[-1] = np.argmin(cost)
    for row in range(rows - 1, 0, -1):
        path[row - 1] = ways[row, path[row]]
    return path, float(cost[path[-1]])
