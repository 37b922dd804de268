"""Which cells of a grid lie in which triangles: the one scan converter, for pictures and for textures.

A cell belongs to a triangle when its centre does; a centre on an edge shared by two triangles belongs to one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from sfumato.texturing.arrays import Bools, Floats, Ints

#: How many cells are listed at a time, which bounds the memory.
_CHUNK_CELLS: Final = 2**21


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragments:
    """Cells in triangles: `triangle` (N,), `column` (N,) and `row` (N,)."""

    triangle: Ints
    column: Ints
    row: Ints


def scan(corners: Floats, width: int, height: int) -> Iterator[Fragments]:
    """The cells of a grid whose centres (column + 0.5, row + 0.5) lie in the triangles `corners` (T, 3, 2)."""
    triangle, row, first, last = _spans(corners.astype(np.float64), width, height)
    counts = last - first
    ends = np.cumsum(counts)
    start = 0
    while start < len(counts):
        before = ends[start - 1] if start else 0
        stop = max(int(np.searchsorted(ends, before + _CHUNK_CELLS, "right")), start + 1)
        part = slice(start, stop)
        column = np.repeat(first[part] - (ends[part] - counts[part] - before), counts[part])
        column += np.arange(len(column))
        yield Fragments(
            triangle=np.repeat(triangle[part], counts[part]), column=column, row=np.repeat(row[part], counts[part])
        )
        start = stop


def _spans(corners: Floats, width: int, height: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Every row of every triangle: the triangle, the row, its first column and the one behind its last."""
    order = np.argsort(corners[:, :, 1], axis=1, kind="stable")
    low, middle, high = np.take_along_axis(corners, order[:, :, None], axis=1).transpose(1, 0, 2)
    first_row, last_row = _first_cell(low[:, 1], height), _first_cell(high[:, 1], height)
    counts = last_row - first_row
    triangle = np.repeat(np.arange(len(corners)), counts)
    row = np.arange(len(triangle)) + np.repeat(first_row - (np.cumsum(counts) - counts), counts)
    low, middle, high, y = low[triangle], middle[triangle], high[triangle], row + 0.5
    upper: Bools = y >= middle[:, 1]
    one = _crossing(low, high, y)
    other = _crossing(np.where(upper[:, None], middle, low), np.where(upper[:, None], high, middle), y)
    first, last = _first_cell(np.minimum(one, other), width), _first_cell(np.maximum(one, other), width)
    filled = last > first
    return triangle[filled], row[filled], first[filled], last[filled]


def _crossing(low: Floats, high: Floats, y: Floats) -> Floats:
    """Where edges cross rows, computed from the lower end, so that both triangles of an edge agree to the bit."""
    found: Floats = low[:, 0] + (y - low[:, 1]) * ((high[:, 0] - low[:, 0]) / (high[:, 1] - low[:, 1]))
    return found


def _first_cell(edge: Floats, size: int) -> Ints:
    """The first cell whose centre is not before `edge`."""
    found: Ints = np.clip(np.ceil(edge - 0.5), 0, size).astype(np.int64)
    return found
