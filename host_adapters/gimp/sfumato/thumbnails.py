"""Small pictures of results."""

from typing import Optional

from core.host import Picture
from gimp_libraries import GLib
from gtk_libraries import GdkPixbuf

SIDE_PX = 96
_LIGHT, _DARK, _CHECK_PX = 0xDDDDDD, 0xBBBBBB, 8


def thumbnail(picture: Optional[Picture], side_px: int = SIDE_PX) -> Optional[GdkPixbuf.Pixbuf]:
    """The picture within a square, over a chequered ground; None where there are no pixels."""
    if picture is None or picture.format == "gray8":
        return None
    data = picture.data[1::2] if picture.format == "rgba16" else picture.data
    rgb, stride = GdkPixbuf.Colorspace.RGB, 4 * picture.width_px
    whole = GdkPixbuf.Pixbuf.new_from_bytes(
        GLib.Bytes.new(data), rgb, True, 8, picture.width_px, picture.height_px, stride
    )
    share = side_px / max(picture.width_px, picture.height_px)
    width_px, height_px = max(1, round(picture.width_px * share)), max(1, round(picture.height_px * share))
    bilinear = GdkPixbuf.InterpType.BILINEAR
    return whole.composite_color_simple(width_px, height_px, bilinear, 255, _CHECK_PX, _LIGHT, _DARK)
