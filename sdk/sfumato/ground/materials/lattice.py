"""Regular lattices: courses of rectangles and honeycombs, with the distance to each tile's edge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sfumato.ground.materials.canvas import Canvas
from sfumato.ground.materials.fields import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    """Per pixel: depth inside the tile (px, 0 at its edge), offset from its centre (px), row, column."""

    inset_px: Field
    dy: Field
    dx: Field
    row: npt.NDArray[np.intp]
    column: npt.NDArray[np.intp]
    rows: int
    columns: int

    def pick(self, values: Field) -> Field:
        """Spread one value per tile, given as (rows, columns), over the tile's pixels."""
        return values[self.row, self.column]


def courses(
    canvas: Canvas,
    width_px: float,
    height_px: float,
    *,
    bond: float = 0.0,
    corner_px: float = 0.0,
    warp: tuple[Field, Field] | None = None,
) -> Tiles:
    """Rows of rectangles, every second row shifted by `bond` of a width."""
    rows = canvas.count(height_px, 2 if bond else 1)
    columns = canvas.count(width_px)
    pitch_y, pitch_x = canvas.size_px / rows, canvas.size_px / columns
    y, x = canvas.grid()
    if warp is not None:
        y, x = y + warp[0], x + warp[1]
    v = y / np.float32(pitch_y)
    row = np.floor(v)
    u = x / np.float32(pitch_x) + np.float32(bond) * (row % 2)
    column = np.floor(u)
    dy = (v - row - np.float32(0.5)) * np.float32(pitch_y)
    dx = (u - column - np.float32(0.5)) * np.float32(pitch_x)
    dy, dx, row, column = np.broadcast_arrays(dy, dx, row, column)
    inset = _rounded_box(dy, dx, pitch_y / 2, pitch_x / 2, corner_px)
    return Tiles(
        inset_px=inset,
        dy=dy,
        dx=dx,
        row=row.astype(np.intp) % rows,
        column=column.astype(np.intp) % columns,
        rows=rows,
        columns=columns,
    )


def _rounded_box(dy: Field, dx: Field, half_y: float, half_x: float, corner_px: float) -> Field:
    """Depth below the edge of a rounded box (negative outside its corners)."""
    qy = np.abs(dy) - np.float32(half_y - corner_px)
    qx = np.abs(dx) - np.float32(half_x - corner_px)
    outside = np.hypot(np.maximum(qy, 0), np.maximum(qx, 0))
    depth: Field = np.float32(corner_px) - outside - np.minimum(np.maximum(qy, qx), 0)
    return depth


def honeycomb(canvas: Canvas, width_px: float) -> Tiles:
    """Hexagons with pointed tops, `width_px` between flat sides; rows are squeezed a little to tile."""
    columns = canvas.count(width_px)
    rows = canvas.count(width_px * 0.866, 2)
    pitch_y, pitch_x = canvas.size_px / rows, canvas.size_px / columns
    y, x = canvas.grid()
    v, u = y / np.float32(pitch_y), x / np.float32(pitch_x)
    best: tuple[Field, ...] | None = None
    for parity in (0, 1):
        row = np.round((v - parity) / 2) * 2 + parity
        column = np.round(u - np.float32(0.5 * parity))
        dy, dx = np.broadcast_arrays(v - row, u - column - np.float32(0.5 * parity))
        # Pitches become a regular hexagon: rows are 0.866 widths apart.
        reach = np.maximum(np.abs(dx), np.abs(dx) * 0.5 + np.abs(dy) * np.float32(0.75))
        row, column = np.broadcast_arrays(row, column)
        found = (reach, dy, dx, row, column)
        best = (
            found if best is None else tuple(np.where(reach < best[0], a, b) for a, b in zip(found, best, strict=True))
        )
    assert best is not None
    reach, from_y, from_x, own_row, own_column = best
    return Tiles(
        inset_px=(np.float32(0.5) - reach) * np.float32(pitch_x),
        dy=from_y * np.float32(pitch_y),
        dx=from_x * np.float32(pitch_x),
        row=own_row.astype(np.intp) % rows,
        column=own_column.astype(np.intp) % columns,
        rows=rows,
        columns=columns,
    )
