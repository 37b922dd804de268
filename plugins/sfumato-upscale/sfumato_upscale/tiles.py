"""Tiles: windows over a picture that overlap, and the picture that their results blend into.

Along a seamless axis a window may go beyond the border; it then goes on at the other side, and so does the blending.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A window along one axis. `fades` says which of its two ends lie within the picture and blend."""

    start: int
    size: int
    fades: tuple[bool, bool]

    def places(self, length: int, *, wraps: bool) -> NDArray[np.intp]:
        """The pixels that it shows: around the picture where it wraps, else its last one again and again."""
        places = np.arange(self.start, self.start + self.size)
        found: NDArray[np.intp] = places % length if wraps else places.clip(0, length - 1)
        return found

    def weights(self, overlap: int) -> Plane:
        """(size,): 1, falling towards the ends that fade."""
        places = np.arange(self.size) + 0.5
        ends = [each for each, fades in zip((places, places[::-1]), self.fades, strict=True) if fades and overlap]
        weights: Plane = np.minimum.reduce([np.ones(self.size), *(each / overlap for each in ends)]).astype(np.float32)
        return weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One axis of a picture, and the windows along it. `whole` if there is one that needs no other."""

    length: int
    wraps: bool
    spans: tuple[Span, ...]

    @property
    def whole(self) -> bool:
        """Whether one window shows all of it, and nothing twice."""
        return len(self.spans) == 1 and self.spans[0].size == self.length

    @classmethod
    def of(cls, length: int, size: int, overlap: int, *, wraps: bool, multiple: int = 1, around: bool = False) -> Axis:
        """Windows of at most about `size`, a multiple of `multiple`, each `overlap` or more into the next.

        Where one window is enough, it shows the whole axis; if `around`, and wherever a multiple cannot be had
        otherwise, a seamless axis goes on by the overlap at both ends.
        """
        if length > size:
            spans = _several(length, size, overlap, wraps=wraps)
        elif wraps and (around or length % multiple):
            grown = _up(length + 2 * overlap, multiple)
            spans = (Span(start=-((grown - length) // 2), size=grown, fades=(True, True)),)
        else:
            spans = (Span(start=0, size=_up(length, multiple), fades=(False, False)),)
        return cls(length=length, wraps=wraps, spans=spans)


def _several(length: int, size: int, overlap: int, *, wraps: bool) -> tuple[Span, ...]:
    if wraps:
        count = math.ceil(length / (size - overlap))
        return tuple(Span(start=round(n * length / count), size=size, fades=(True, True)) for n in range(count))
    count = math.ceil((length - overlap) / (size - overlap))
    starts = [round(n * (length - size) / (count - 1)) for n in range(count)]
    return tuple(Span(start=start, size=size, fades=(start > 0, start + size < length)) for start in starts)


def _up(length: int, multiple: int) -> int:
    return math.ceil(length / multiple) * multiple


class Mosaic:
    """A picture, `scale` times the size of another, made of tiles of it that overlap."""

    def __init__(self, down: Axis, across: Axis, overlap: int, *, scale: int = 1, channels: int = 3) -> None:
        self._down, self._across, self._overlap, self._scale = down, across, overlap, scale
        shape = down.length * scale, across.length * scale
        self._sums, self._weights = np.zeros((*shape, channels), np.float32), np.zeros((*shape, 1), np.float32)

    def __len__(self) -> int:
        """How many tiles there are."""
        return len(self._down.spans) * len(self._across.spans)

    def windows(self) -> Iterator[tuple[Span, Span]]:
        """All tiles, row by row."""
        return ((row, column) for row in self._down.spans for column in self._across.spans)

    def cut(self, plane: Plane, row: Span, column: Span) -> Plane:
        """The part of a plane (H, W, C) that a window shows."""
        rows = row.places(self._down.length, wraps=self._down.wraps)
        columns = column.places(self._across.length, wraps=self._across.wraps)
        return plane[rows[:, None], columns]

    def lay(self, tile: Plane, row: Span, column: Span) -> None:
        """Blend in what was made of a window, (size * scale, size * scale, C)."""
        rows, down = self._laid(row, self._down)
        columns, across = self._laid(column, self._across)
        weights = (down[:, None] * across)[:, :, None]
        visible = tile[: len(rows), : len(columns)]
        np.add.at(self._sums, (rows[:, None], columns), visible * weights)
        np.add.at(self._weights, (rows[:, None], columns), weights)

    def whole(self) -> Plane:
        """The picture, once all tiles are laid."""
        found: Plane = self._sums / self._weights
        return found

    def _laid(self, span: Span, axis: Axis) -> tuple[NDArray[np.intp], Plane]:
        """Where a window's pixels go, and how much each counts; what goes beyond a hard border goes nowhere."""
        places = np.arange(span.start * self._scale, (span.start + span.size) * self._scale)
        grown = Span(start=0, size=len(places), fades=span.fades).weights(self._overlap * self._scale)
        length = axis.length * self._scale
        if axis.wraps:
            return places % length, grown
        inside = places < length
        return places[inside], grown[inside]
