"""Which palette: the image's own, that of a reference picture, or given colours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

import pydantic

import sfumato.plugin as sf

if TYPE_CHECKING:
    from sfumato_color.oklab import Colours

MAX_COLOURS: Final = 256
_SEPARATORS: Final = re.compile(r"[\s,;]+")
_COLOUR: Final = re.compile(r"#?([0-9a-fA-F]{6})")


class PaletteParams(sf.Params):
    """Where the colours come from, how many there are, and how they are mixed."""

    palette: Literal["own", "reference", "given"] = sf.Field("own", label="Palette",
        choices={"own": "The image's own", "reference": "A reference picture's", "given": "Given colours"},
        help="Where the colours come from.")  # fmt: skip
    count: int = sf.Field(16, ge=2, le=MAX_COLOURS, display=(2, 64), step=1, label="Colours",
        help="How many at most, where they are not given.")  # fmt: skip
    reference: str = sf.Field("", kind="image", label="Reference", depends_on="palette",
        help="The picture whose main colours are taken.")  # fmt: skip
    colours: str = sf.Field("#000000 #555555 #aaaaaa #ffffff", multi_line=True, label="Given colours",
        depends_on="palette", help="Written as #1a1c2c, apart by spaces, commas or lines.")  # fmt: skip
    method: Literal["k-means", "median-cut"] = sf.Field("k-means", label="Found by", group="Advanced",
        choices={"k-means": "k-means", "median-cut": "Median cut"},
        help="Median cut alone is quicker, and truer to rare colours.")  # fmt: skip
    dither: Literal["none", "ordered", "diffusion"] = sf.Field("none", label="Dithering",
        choices={"none": "None", "ordered": "Pattern (Bayer)", "diffusion": "Error diffusion (Floyd-Steinberg)"},
        help="How shades between the colours are hinted at.")  # fmt: skip
    dither_strength: float = sf.Field(1.0, ge=0, le=1, step=0.05, label="Dithering strength", depends_on="dither",
        help="0 is none.")  # fmt: skip

    @pydantic.field_validator("colours")
    @classmethod
    def _are_colours(cls, text: str) -> str:
        if not given_colours(text):
            raise ValueError("got none, expected some such as #1a1c2c #5d275d")
        return text


def given_colours(text: str) -> list[tuple[int, int, int]]:
    """Red, green and blue from 0 to 255 of each colour in `text`. Raises ValueError on anything else."""
    words = [word for word in _SEPARATORS.split(text) if word]
    for word in words:
        if not _COLOUR.fullmatch(word):
            raise ValueError(f"got {word!r}, expected colours such as #1a1c2c")
    if len(words) > MAX_COLOURS:
        raise ValueError(f"got {len(words)} colours, expected at most {MAX_COLOURS}")
    digits = [word.removeprefix("#") for word in words]
    return [(int(each[:2], 16), int(each[2:4], 16), int(each[4:], 16)) for each in digits]


def palette_for(params: PaletteParams, image: sf.Image, work: sf.Work) -> Colours:
    """The sRGB colours (K, 3). Raises ValueError where they are to come from something that was not given."""
    import numpy as np

    from sfumato_color.clusters import palette_of, visible
    from sfumato_color.keeping import masked, opacity_of, rgb_of

    if params.palette == "given":
        return np.array(sorted(set(given_colours(params.colours))), np.float32) / np.float32(255)
    if params.palette == "reference" and "reference" not in work.images:
        raise ValueError("reference: got no picture, expected one to take the palette from, or another palette")
    own = params.palette == "own"
    source = image if own else work.images["reference"]
    shown = opacity_of(source) * (masked(source, work) if own else 1)
    return palette_of(visible(rgb_of(source), shown), params.count, refine=params.method == "k-means")


def mixed(params: PaletteParams, rgb: Colours, colours: Colours, work: sf.Work) -> Colours:
    """`rgb` (H, W, 3) in nothing but `colours` (K, 3), dithered as the parameters say."""
    from sfumato_color import dither, oklab

    lab, palette = oklab.from_srgb(rgb), oklab.from_srgb(colours)
    match params.dither:
        case "ordered" if params.dither_strength:
            chosen = dither.ordered(lab, palette, params.dither_strength)
        case "diffusion" if params.dither_strength:
            chosen = dither.diffused(lab, palette, params.dither_strength, work.recipe.tile, work.progress)
        case _:
            chosen = dither.nearest(lab, palette)
    found: Colours = colours[chosen]
    return found
