"""A grid of big pixels over a picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sfumato_color.oklab import Colours


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """`rows` times `columns` cells, all alike to within a pixel, over the whole of a picture."""

    width_px: int
    height_px: int
    rows: int
    columns: int

    @classmethod
    def over(cls, width_px: int, height_px: int, cell_px: int) -> Grid:
        """The grid whose cells come nearest to `cell_px`."""
        rows, columns = (max(1, round(side / cell_px)) for side in (height_px, width_px))
        return cls(width_px=width_px, height_px=height_px, rows=rows, columns=columns)

    def mean(self, rgb: Colours, weights: NDArray[np.float32]) -> Colours:
        """The mean of each cell (rows, columns, 3), in linear light; where nothing weighs, the plain one."""
        cells, flat = self._cells(), rgb.reshape(-1, 3) ** 2.2
        weighed = np.bincount(cells, weights.reshape(-1), self.rows * self.columns)
        shares = np.where(weighed[cells] > 0, weights.reshape(-1), 1)
        totals = np.bincount(cells, shares, len(weighed))
        sums = [np.bincount(cells, flat[:, axis] * shares, len(weighed)) for axis in range(3)]
        means = (np.stack(sums, axis=1) / totals[:, None]).clip(0, 1) ** (1 / 2.2)
        return means.reshape(self.rows, self.columns, 3).astype(np.float32)

    def most(self, chosen: NDArray[np.intp], weights: NDArray[np.float32], kinds: int) -> NDArray[np.intp]:
        """The one of `kinds` (rows, columns) that has most of each cell's weight; of equal ones the first."""
        count = self.rows * self.columns
        # A trace of weight, so that cells which cannot be seen are voted on too.
        votes = np.bincount(self._cells() * kinds + chosen.reshape(-1), weights.reshape(-1) + 1e-6, count * kinds)
        won: NDArray[np.intp] = votes.reshape(self.rows, self.columns, kinds).argmax(axis=2)
        return won

    def spread(self, small: Colours) -> Colours:
        """Cells (rows, columns, 3) as the pixels that they cover (H, W, 3)."""
        rows, columns = self._places()
        found: Colours = small[rows[:, None], columns]
        return found

    def _places(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        rows = np.arange(self.height_px) * self.rows // self.height_px
        return rows, np.arange(self.width_px) * self.columns // self.width_px

    def _cells(self) -> NDArray[np.intp]:
        """The number of each pixel's cell (H * W)."""
        rows, columns = self._places()
        return (rows[:, None] * self.columns + columns).reshape(-1)
