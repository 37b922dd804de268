"""Rectangles of the canvas: pure functions in whole pixels."""

import math
from typing import NamedTuple, Tuple


class Bounds(NamedTuple):
    """A rectangle in canvas pixels; it may reach beyond the canvas."""

    x: int
    y: int
    width_px: int
    height_px: int

    @property
    def right_px(self) -> int:
        """The first column behind it."""
        return self.x + self.width_px

    @property
    def bottom_px(self) -> int:
        """The first row below it."""
        return self.y + self.height_px

    @property
    def empty(self) -> bool:
        """Whether it holds no pixel."""
        return self.width_px <= 0 or self.height_px <= 0

    @property
    def area_px(self) -> int:
        """How many pixels it holds."""
        return 0 if self.empty else self.width_px * self.height_px

    def contains(self, other: "Bounds") -> bool:
        """Whether all of `other` lies in here; what is empty lies everywhere."""
        return other.empty or self.union(other) == self

    def intersect(self, other: "Bounds") -> "Bounds":
        """What lies in both; empty, with width and height 0, where nothing does."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        width_px = min(self.right_px, other.right_px) - x
        height_px = min(self.bottom_px, other.bottom_px) - y
        return Bounds(x, y, 0, 0) if width_px <= 0 or height_px <= 0 else Bounds(x, y, width_px, height_px)

    def union(self, other: "Bounds") -> "Bounds":
        """The smallest rectangle around both; an empty one adds nothing."""
        if self.empty or other.empty:
            return other if self.empty else self
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Bounds(x, y, max(self.right_px, other.right_px) - x, max(self.bottom_px, other.bottom_px) - y)

    def pad(self, left_px: int, top_px: int, right_px: int, bottom_px: int) -> "Bounds":
        """Larger by so much on each side; negative numbers make it smaller, at most to nothing."""
        return Bounds(
            self.x - left_px,
            self.y - top_px,
            max(0, self.width_px + left_px + right_px),
            max(0, self.height_px + top_px + bottom_px),
        )

    def grow(self, by_px: int) -> "Bounds":
        """Larger by as much on every side."""
        return self.pad(by_px, by_px, by_px, by_px)

    def clamp(self, within: "Bounds") -> "Bounds":
        """Moved into `within` without a change of size where it fits, cut where it does not."""
        width_px, height_px = min(self.width_px, within.width_px), min(self.height_px, within.height_px)
        x = min(max(self.x, within.x), within.right_px - width_px)
        y = min(max(self.y, within.y), within.bottom_px - height_px)
        return Bounds(x, y, width_px, height_px)

    def at_least(self, width_px: int, height_px: int) -> "Bounds":
        """Grown around its centre to no less than this size."""
        more_x, more_y = max(0, width_px - self.width_px), max(0, height_px - self.height_px)
        return self.pad(more_x // 2, more_y // 2, more_x - more_x // 2, more_y - more_y // 2)

    def rounded_out(self, multiple_px: int) -> "Bounds":
        """Grown around its centre until both sides are multiples of `multiple_px`."""
        return self.at_least(ceil_to(self.width_px, multiple_px), ceil_to(self.height_px, multiple_px))


def ceil_to(size_px: int, multiple_px: int) -> int:
    """The next multiple, upwards."""
    return -(-size_px // multiple_px) * multiple_px


class Edge(NamedTuple):
    """How a selection's edge is treated, in pixels and in shares of the selection's shorter side; the larger counts.

    First it grows, then it is feathered.
    """

    grow_px: int = 4
    grow_share: float = 0.0
    feather_px: int = 8
    feather_share: float = 0.05

    def resolved(self, selection: Bounds) -> Tuple[int, int]:
        """Growth and feather in pixels for this selection."""
        side_px = min(selection.width_px, selection.height_px)
        grow_px = max(self.grow_px, math.floor(side_px * self.grow_share + 0.5))
        feather_px = max(self.feather_px, math.floor(side_px * self.feather_share + 0.5))
        return max(0, grow_px), max(0, feather_px)


#: How much of the canvas around a selection is shown to the model.
CONTEXTS = ("auto", "selection", "whole")


class Context(NamedTuple):
    """The surroundings of a selection that the model sees: `mode` of CONTEXTS, `padding_share` of its longer side."""

    mode: str = "auto"
    padding_share: float = 0.25


def context_area(
    selection: Bounds, canvas: Bounds, context: Context, reach_px: int = 0, least_px: int = 64, multiple_px: int = 8
) -> Bounds:
    """The part of the canvas to be drawn for a selection, inside of the canvas.

    `reach_px` (growth and feather) is always in it. "selection" adds nothing more than the model's least size,
    "auto" adds the padding and takes in at least `least_px` on a side, "whole" is the canvas. Sides are multiples of
    `multiple_px` where the canvas is large enough.
    """
    if context.mode == "whole":
        return canvas
    inner = selection.intersect(canvas)
    if inner.empty:
        return inner
    reach = inner.grow(reach_px)
    if context.mode == "auto":
        padding_px = math.ceil(max(inner.width_px, inner.height_px) * context.padding_share)
        # Cut before it grows to the least size: at the canvas' edge it then grows to the other side.
        reach = reach.union(inner.grow(padding_px)).intersect(canvas).at_least(least_px, least_px).clamp(canvas)
    return _settled(reach.intersect(canvas), canvas, multiple_px)


def draw_size(
    region: Bounds, native_px: int, maximum_px: int, multiple_px: int, limit_px: int, least_px: int = 64
) -> Tuple[int, int]:
    """Width and height at which a region is drawn: its own where the model is at home there.

    A region with less than the native area is drawn at it, one with more than `limit_px` (an area) is drawn smaller;
    multiples of `multiple_px`, no side under `least_px` or over `maximum_px`.
    """
    area_px = max(1, region.area_px)
    wanted_px = min(max(area_px, native_px * native_px), max(limit_px, least_px * least_px))
    scale = math.sqrt(wanted_px / area_px)
    scale = min(scale, maximum_px / max(region.width_px, region.height_px, 1))
    return (
        _side(region.width_px * scale, multiple_px, least_px, maximum_px),
        _side(region.height_px * scale, multiple_px, least_px, maximum_px),
    )


def _side(size_px: float, multiple_px: int, least_px: int, maximum_px: int) -> int:
    largest_px = maximum_px // multiple_px * multiple_px
    # A size that is right but for its multiple is padded, never cut; the tolerance swallows the root's rounding.
    rounded_px = ceil_to(math.ceil(size_px - 1e-6), multiple_px)
    return min(max(rounded_px, ceil_to(least_px, multiple_px)), largest_px)


def _settled(bounds: Bounds, canvas: Bounds, multiple_px: int) -> Bounds:
    """Rounded out to multiples and moved into the canvas; where the canvas is too small, it is cut at its edge."""
    return bounds.rounded_out(multiple_px).clamp(canvas)
