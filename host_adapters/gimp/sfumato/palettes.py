"""Indexed images: they hold no colours but those of their palette, and nothing that is half transparent.

The bridge draws results in the palette, dithered (`region.palette`). What comes another way, such as the steps of a
preview, takes GIMP's nearest colours.
"""

from typing import List

from core.host import HostError, Picture
from gimp_libraries import Babl, Gimp

_EMPTY = "“{}” is an indexed image without colours. Choose Image > Mode > RGB, and ask again."
_DRAWN = (
    "“{}” is indexed: results are drawn in its {} colours, with dithering. "
    "For all colours choose Image > Mode > RGB first."
)
_HALF = bytes(0 if alpha < 128 else 255 for alpha in range(256))


def is_indexed(image: Gimp.Image) -> bool:
    """Whether the image has a palette."""
    return bool(image.get_base_type() == Gimp.ImageBaseType.INDEXED)


def colours_of(image: Gimp.Image) -> List[str]:
    """The palette as `#rrggbb` in sRGB; empty where the image has none. Raises HostError where it has no colours."""
    if not is_indexed(image):
        return []
    palette = image.get_palette()
    if palette.get_color_count() == 0:
        raise HostError(_EMPTY.format(image.get_name()))
    data = bytes(palette.get_colormap(Babl.format("R'G'B' u8"))[0])
    return ["#" + data[start : start + 3].hex() for start in range(0, len(data), 3)]


def note_of(image: Gimp.Image) -> str:
    """What the artist is told of results in this image; empty where they are as they were drawn."""
    return _DRAWN.format(image.get_name(), image.get_palette().get_color_count()) if is_indexed(image) else ""


def without_half_alpha(picture: Picture) -> Picture:
    """The picture as rgba8 whose alpha is 0 or 255: on the screen GIMP would blend it to colours that no file gets."""
    data = bytearray(picture.data[1::2] if picture.format == "rgba16" else picture.data)
    data[3::4] = data[3::4].translate(_HALF)
    return picture._replace(format="rgba8", data=bytes(data))
