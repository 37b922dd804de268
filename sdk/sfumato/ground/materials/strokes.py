"""Scattered strokes: blades, leaves and needles laid over one another on the torus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sfumato.ground.materials.canvas import Canvas
from sfumato.ground.materials.fields import Field

SUPERSAMPLING = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Strokes:
    """Per supersampled pixel: the topmost stroke (0 is the bare ground), position along it 0..1 and across it -1..1."""

    id: npt.NDArray[np.intp]
    along: Field
    across: Field
    count: int

    def pick(self, values: Field) -> Field:
        """Spread one value per stroke over its pixels; index 0 is the ground."""
        return values[self.id]


def scatter(
    canvas: Canvas,
    *,
    spacing_px: float,
    length_px: float,
    width_px: float,
    heading: tuple[float, float],
    bend: float,
    taper: tuple[float, float],
) -> Strokes:
    """Lay strokes in random order.

    `heading` is the mean angle and its half spread (radians); `taper` holds the exponents of the
    width profile t**a * (1-t)**b, normalised to its peak.
    """
    size = canvas.size_px * SUPERSAMPLING
    rng = canvas.rng
    count = canvas.count(spacing_px) ** 2
    length = length_px * canvas.scale * SUPERSAMPLING * rng.uniform(0.75, 1.2, (count, 1)).astype(np.float32)
    along = np.linspace(0.0, 1.0, int(length_px * canvas.scale * SUPERSAMPLING * 1.4) + 2, dtype=np.float32)
    across = np.linspace(-1.0, 1.0, int(width_px * canvas.scale * SUPERSAMPLING * 1.35) + 2, dtype=np.float32)
    angle = (heading[0] + heading[1] * canvas.uniform(count, 1)) + bend * canvas.uniform(count, 1) * along
    step = length / len(along)
    y = np.cumsum(np.sin(angle), 1) * step + rng.uniform(0, size, (count, 1))
    x = np.cumsum(np.cos(angle), 1) * step + rng.uniform(0, size, (count, 1))
    half = _profile(along, *taper) * (width_px * canvas.scale * SUPERSAMPLING / 2)
    py = (y[:, :, None] + (np.cos(angle) * half)[:, :, None] * across).astype(np.int32) % size
    px = (x[:, :, None] - (np.sin(angle) * half)[:, :, None] * across).astype(np.int32) % size
    top = np.full(size * size, -1, np.int32)
    # With repeated indices numpy keeps the last write, so later strokes lie on top.
    top[(py * size + px).ravel()] = np.arange(py.size, dtype=np.int32)
    return _topmost(top.reshape(size, size), along, across, count)


def _profile(t: Field, rise: float, fall: float) -> Field:
    shape = t**rise * (1 - t) ** fall
    profile: Field = (shape / shape.max()).astype(np.float32)
    return profile


def _topmost(top: npt.NDArray[np.int32], along: Field, across: Field, count: int) -> Strokes:
    hit = top >= 0
    stroke, rest = np.divmod(top, len(along) * len(across))
    return Strokes(
        id=np.where(hit, stroke + 1, 0),
        along=along[np.where(hit, rest // len(across), 0)],
        across=across[np.where(hit, rest % len(across), 0)],
        count=count + 1,
    )


def downsample(field: Field) -> Field:
    """Average supersampled pixels."""
    steps = range(SUPERSAMPLING)
    total = sum(field[j::SUPERSAMPLING, i::SUPERSAMPLING] for j in steps for i in steps)
    return np.asarray(total / np.float32(SUPERSAMPLING**2), np.float32)
