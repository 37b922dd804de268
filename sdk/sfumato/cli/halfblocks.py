"""A picture in a terminal with 24-bit colour: every character cell shows two pixels, one above the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from sfumato.images import Pixels

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions

MAX_COLUMNS: Final = 48
MAX_ROWS: Final = 20


class HalfBlocks:
    """Something that rich can show."""

    def __init__(self, pixels: Pixels) -> None:
        self._pixels = pixels

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """The rows of cells, each with its upper pixel in the foreground and its lower one behind."""
        columns = min(MAX_COLUMNS, options.max_width)
        width_px, height_px = _fitted(self._pixels, columns, 2 * min(MAX_ROWS, console.height // 2))
        image = self._pixels.to_pil().resize((width_px, height_px))
        data = image.tobytes()
        for top in range(0, height_px, 2):
            for column in range(width_px):
                upper, lower = ((row * width_px + column) * 3 for row in (top, top + 1))
                yield Segment("▀", Style(color=_colour(data, upper), bgcolor=_colour(data, lower)))
            yield Segment.line()


def _fitted(pixels: Pixels, max_width_px: int, max_height_px: int) -> tuple[int, int]:
    """The size at which the picture fits, its height even; small pictures stay as they are."""
    scale = min(1.0, max_width_px / pixels.width_px, max_height_px / pixels.height_px)
    return max(1, round(pixels.width_px * scale)), max(2, 2 * round(pixels.height_px * scale / 2))


def _colour(data: bytes, start: int) -> Color:
    return Color.from_rgb(*data[start : start + 3])
