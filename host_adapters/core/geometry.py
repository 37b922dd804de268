"""Rectangles of the canvas: pure functions in whole pixels."""

from typing import NamedTuple


class Bounds(NamedTuple):
    """A rectangle in canvas pixels; it may reach beyond the canvas."""

    x: int
    y: int
    width_px: int
    height_px: int
