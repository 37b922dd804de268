"""How well a picture tiles, and how much it repeats itself: figures for anybody, without a daemon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[Any]
"""(H, W) or (H, W, C) of any number type and range."""

SEAM_LIMIT: Final = 1.15
"""A seamless picture's seam figure is at most this, on both axes."""

_ROUGHER: Final = 1.2
_LUMA: Final = np.array([0.2126, 0.7152, 0.0722])


def seam_ratio(picture: Picture, axis: int) -> float:
    """The mean step across the wrap line over the 99th percentile of the interior lines' mean steps.

    Axis 0 is the line between bottom and top, axis 1 that between right and left. 0 where there is no step at all,
    infinite where only the wrap line has one.
    """
    steps = line_steps(picture, axis)
    inside = float(np.percentile(steps[:-1], 99)) if len(steps) > 1 else 0.0
    wrap = float(steps[-1])
    return wrap / inside if inside else (float("inf") if wrap else 0.0)


def wraps(picture: Picture, axis: int) -> bool:
    """Whether a picture is seamless on an axis, as far as its pixels tell.

    Its seam figure must be within the limit, and the wrap line no rougher than the lines beside it: among the joints
    of a wall, a seam would hide from the figure alone.
    """
    steps = line_steps(picture, axis)
    beside = max(steps[0], steps[-2]) if len(steps) > 1 else 0.0
    return seam_ratio(picture, axis) <= SEAM_LIMIT and float(steps[-1]) <= _ROUGHER * beside


def line_steps(picture: Picture, axis: int) -> NDArray[np.float64]:
    """The mean absolute step from each line of pixels to the next one; the last is the one across the wrap line."""
    lines = np.asarray(picture, np.float64)
    lines = lines.reshape(*lines.shape[:2], -1)
    steps: NDArray[np.float64] = np.abs(np.roll(lines, -1, axis) - lines).mean(axis=(1 - axis, 2))
    return steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """The strongest repeat of a picture: how alike it is to itself (0 to 1) when shifted by so many pixels."""

    strength: float
    right_px: int
    down_px: int


def repetition(picture: Picture) -> Repetition:
    """The highest peak of the autocorrelation away from the origin.

    The picture counts as wrapping around. A peak is higher than its eight neighbours, and lies outside the hill around
    the origin, which ends where the mean correlation at that distance first falls below a tenth or rises again.
    """
    correlation = autocorrelation(picture)
    height_px, width_px = correlation.shape
    down = np.minimum(np.arange(height_px), height_px - np.arange(height_px))[:, None]
    right = np.minimum(np.arange(width_px), width_px - np.arange(width_px))[None, :]
    away = np.hypot(down, right)
    around = [np.roll(correlation, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1) if y or x]
    peaks = (correlation >= np.max(around, axis=0)) & (away > _hill_px(correlation, away))
    if not peaks.any():
        return Repetition(strength=0.0, right_px=0, down_px=0)
    # A repeat has its like on the other side of the origin: the one to the lower right is named.
    place = int(np.argmax(np.where(peaks, correlation, -np.inf)))
    y, x = divmod(place, width_px)
    strength = float(np.clip(correlation[y, x], 0, 1))
    return Repetition(strength=strength, right_px=x, down_px=y)


def autocorrelation(picture: Picture) -> NDArray[np.float64]:
    """How alike the picture's luminance is to itself at every shift (H, W): 1 at no shift; 0 for a flat picture."""
    grey = np.asarray(picture, np.float64)
    if grey.ndim == 3:
        grey = grey[..., :3] @ _LUMA if grey.shape[2] >= 3 else grey[..., 0]
    power = np.abs(np.fft.rfft2(grey - grey.mean())) ** 2
    correlation: NDArray[np.float64] = np.fft.irfft2(power, s=grey.shape)
    return correlation / correlation[0, 0] if correlation[0, 0] > 1e-12 * grey.size else np.zeros_like(correlation)


def _hill_px(correlation: NDArray[np.float64], away: NDArray[np.float64]) -> int:
    """How far the hill around the origin reaches."""
    distances = away.round().astype(int).ravel()
    rings = np.bincount(distances, correlation.ravel()) / np.bincount(distances)
    ends = np.flatnonzero((rings[1:] < 0.1) | (np.diff(rings) > 0))
    return int(ends[0]) + 1 if len(ends) else len(rings)
