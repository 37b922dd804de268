"""The region: which part of a canvas the pictures of a request are cut from, and at which size it is drawn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from sfumato.errors import InvalidRecipe, Violation

MULTIPLE_PX: Final = 8
_LARGEST_PX: Final = 32_768
_MASKS: Final = ("", "transparency")
_UNDER_MASK: Final = ("keep", "neighbours")
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_MOST_COLOURS: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of a canvas of `width_px` x `height_px`, drawn at another size, multiples of 8.

    Where its sides are just not multiples, it is padded at the right and at the bottom; else it is scaled as a
    whole, the rest padded. What must tile is stretched instead, for nothing may be cut off it.
    """

    width_px: int
    height_px: int
    draw_width_px: int
    draw_height_px: int
    grow_px: int = 0
    feather_px: int = 0
    mask_of: str = ""
    under_mask: str = "keep"
    keep_alpha: bool = False
    keep_scale: bool = False
    palette: tuple[tuple[int, int, int], ...] = ()
    tiles: bool = False

    @classmethod
    def from_json(cls, data: Any, *, tiles: bool) -> Self:
        """The region of a frame. Raises InvalidRecipe that names each wrong field; unknown ones are skipped."""
        if not isinstance(data, Mapping):
            raise InvalidRecipe.of("region", f"got {type(data).__name__}, expected an object")
        given = {name: data[name] for name in _CHECKS if data.get(name) is not None}
        missing = [name for name in ("width_px", "height_px") if name not in given]
        problems = [Violation(field=f"region.{name}", description="got nothing, expected pixels") for name in missing]
        for name, value in given.items():
            if said := _CHECKS[name](value):
                problems.append(Violation(field=f"region.{name}", description=f"got {value!r}, expected {said}"))
        if problems:
            raise InvalidRecipe(problems)
        for name in ("width_px", "height_px"):
            drawn_px = given.get(f"draw_{name}", given[name])
            given[f"draw_{name}"] = -(-drawn_px // MULTIPLE_PX) * MULTIPLE_PX
        given["palette"] = tuple(_rgb(each) for each in given.get("palette", ()))
        return cls(**given, tiles=tiles)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height on the canvas."""
        return self.width_px, self.height_px

    @property
    def drawn(self) -> tuple[int, int]:
        """Width and height that are drawn."""
        return self.draw_width_px, self.draw_height_px

    @property
    def content(self) -> tuple[int, int]:
        """Width and height that the region takes of what is drawn; the rest is padding."""
        spare = tuple(drawn - own for drawn, own in zip(self.drawn, self.size, strict=True))
        if self.tiles:
            return self.drawn
        if all(0 <= each < MULTIPLE_PX for each in spare):
            return self.size
        scale = min(drawn / own for drawn, own in zip(self.drawn, self.size, strict=True))
        # A pixel of padding would be seen by nobody and costs a resampling that is not quite even.
        width_px, height_px = (max(1, round(own * scale)) for own in self.size)
        return min(width_px, self.draw_width_px), min(height_px, self.draw_height_px)


def _pixels(value: object) -> str:
    fits = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _LARGEST_PX
    return "" if fits else f"whole pixels from 1 to {_LARGEST_PX}"


def _distance(value: object) -> str:
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST_PX
    return "" if fits else f"whole pixels from 0 to {_LARGEST_PX}"


def _switch(value: object) -> str:
    return "" if isinstance(value, bool) else "true or false"


def _palette(value: object) -> str:
    if isinstance(value, list) and len(value) <= _MOST_COLOURS:
        fits = all(isinstance(each, str) and _COLOUR.fullmatch(each) for each in value)
    else:
        fits = False
    return "" if fits else f"at most {_MOST_COLOURS} colours as '#rrggbb'"


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


_CHECKS: Final = {
    "width_px": _pixels,
    "height_px": _pixels,
    "draw_width_px": _pixels,
    "draw_height_px": _pixels,
    "grow_px": _distance,
    "feather_px": _distance,
    "mask_of": lambda value: "" if value in _MASKS else "nothing or 'transparency'",
    "under_mask": lambda value: "" if value in _UNDER_MASK else "'keep' or 'neighbours'",
    "keep_alpha": _switch,
    "keep_scale": _switch,
    "palette": _palette,
}
