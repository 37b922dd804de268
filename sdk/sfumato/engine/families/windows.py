"""An axis cut into overlapping windows, whose results are blended into one."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """`length` cells from `start`, around the end of an axis of `total` cells where it wraps."""

    start: int
    length: int
    total: int

    def indices(self, cell: int) -> torch.Tensor:
        """The positions (length * cell,) along the axis when every cell is `cell` samples wide."""
        return torch.arange(self.start * cell, (self.start + self.length) * cell) % (self.total * cell)


def cut(total: int, length: int, overlap: int, *, wraps: bool) -> list[Window]:
    """Windows of `length` cells, at least `overlap` cells into each other; a single one where `total` fits."""
    if total <= length:
        return [Window(start=0, length=total, total=total)]
    if wraps:
        count = math.ceil(total / (length - overlap))
        return [Window(start=i * total // count, length=length, total=total) for i in range(count)]
    gaps = math.ceil((total - length) / (length - overlap))
    return [Window(start=i * (total - length) // gaps, length=length, total=total) for i in range(gaps + 1)]


def shares(windows: list[Window], overlap: int, cell: int) -> list[torch.Tensor]:
    """How much each position of each window counts, (length * cell,); they add up to 1 along the axis.

    A raised cosine over the overlap: next to nothing where a window's own border shows.
    """
    ramps = [_ramp(window.length * cell, overlap * cell) for window in windows]
    total = torch.zeros(windows[0].total * cell)
    for window, ramp in zip(windows, ramps, strict=True):
        total[window.indices(cell)] += ramp
    return [ramp / total[window.indices(cell)] for window, ramp in zip(windows, ramps, strict=True)]


def _ramp(length: int, overlap: int) -> torch.Tensor:
    inward = (torch.arange(length) + 0.5) / overlap
    return torch.sin(torch.minimum(inward, inward.flip(0)).clamp(max=1) * (math.pi / 2)).square()
