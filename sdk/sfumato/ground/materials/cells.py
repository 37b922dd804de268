"""Irregular cells: a jittered Voronoi diagram on the torus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sfumato.ground.materials.canvas import Canvas
from sfumato.ground.materials.fields import Field

Centres: TypeAlias = npt.NDArray[np.complex64]
Index: TypeAlias = npt.NDArray[np.int32]

_NEIGHBOURS = [(j, i) for j in (-1, 0, 1) for i in (-1, 0, 1)]
_STEPS = np.array([complex(j, i) for j, i in _NEIGHBOURS], np.complex64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Per pixel: distance to the own centre and to the border (px), the offset from the centre, the cell's id."""

    centre_px: Field
    border_px: Field
    dy: Field
    dx: Field
    id: npt.NDArray[np.intp]
    count: int

    def pick(self, values: Field) -> Field:
        """Spread one value per cell over the cell's pixels."""
        return values[self.id]


def voronoi(
    canvas: Canvas,
    period_px: float,
    *,
    jitter: float = 0.38,
    warp: tuple[Field, Field] | None = None,
    aspect: float = 1.0,
) -> Cells:
    """Cells about `period_px` wide and `aspect` times as tall.

    Distances are Euclidean in pixels of the unstretched axis. Worley 1996, with the border distance
    taken from the bisectors towards the three nearest centres.
    """
    rows, columns = canvas.count(period_px * aspect), canvas.count(period_px)
    pitch = canvas.size_px / columns
    y, x = canvas.grid()
    v, u = y * np.float32(rows / canvas.size_px), x * np.float32(columns / canvas.size_px)
    if warp is not None:
        v = v + warp[0] * np.float32(rows / canvas.size_px)
        u = u + warp[1] * np.float32(columns / canvas.size_px)
    shift = canvas.uniform(rows, columns, 2) * np.float32(jitter) + np.float32(0.5)
    return _nearest_three(v, u, shift, pitch)


def _nearest_three(v: Field, u: Field, shift: Field, pitch_px: float) -> Cells:
    """Search the 3x3 neighbourhood for the three nearest centres.

    Non-negative floats order like their bits, so the neighbour's number rides in the lowest four
    bits of its distance and running minima find both distance and owner.
    """
    rows, columns = shift.shape[:2]
    padded = np.pad(shift, ((1, 1), (1, 1), (0, 0)), mode="wrap").reshape(-1, 2)
    table = padded.view(np.complex64)[:, 0]
    floor_v, floor_u = np.floor(v), np.floor(u)
    row, column = floor_v.astype(np.int32) % rows, floor_u.astype(np.int32) % columns
    base = (row + 1) * (columns + 2) + (column + 1)
    at = np.empty(base.shape, np.complex64)
    at.real, at.imag = v - floor_v, u - floor_u
    first = np.full(base.shape, np.iinfo(np.int32).max, np.int32)
    second, third = first.copy(), first.copy()
    for number, (j, i) in enumerate(_NEIGHBOURS):
        offset = at - table[base + (j * (columns + 2) + i)]
        offset -= np.complex64(complex(j, i))
        squared = offset.real**2
        squared += offset.imag**2
        key = (squared.view(np.int32) & ~15) | number
        loser = np.maximum(first, key)
        np.minimum(first, key, out=first)
        np.minimum(third, np.maximum(second, loser), out=third)
        np.minimum(second, loser, out=second)
    own, *others = (_offset(at, table, base, key & 15, columns + 2) for key in (first, second, third))
    near, *far = ((key & ~15).view(np.float32) for key in (first, second, third))
    # One rival alone would make the distance jump where the runner-up changes.
    border = [(f - near) / _twice_apart(own, other) for f, other in zip(far, others, strict=True)]
    owner = first & 15
    identity = ((row + owner // 3 - 1) % rows) * columns + (column + owner % 3 - 1) % columns
    scale = np.float32(pitch_px)
    return Cells(
        centre_px=np.sqrt(near) * scale,
        border_px=np.minimum(*border) * scale,
        dy=own.real * scale,
        dx=own.imag * scale,
        id=identity.astype(np.intp),
        count=rows * columns,
    )


def _offset(at: Centres, table: Centres, base: Index, number: Index, width: int) -> Centres:
    """The vector (dy + i dx) from the centre of each pixel's chosen neighbour."""
    step = _STEPS[number]
    centre = table[base + (step.real * width + step.imag).astype(np.int32)]
    return at - centre - step


def _twice_apart(own: Centres, other: Centres) -> Field:
    between = own - other
    apart: Field = 2 * np.sqrt(between.real**2 + between.imag**2) + np.float32(1e-3)
    return apart
