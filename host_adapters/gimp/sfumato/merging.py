"""What is visible of an image within bounds, without a layer of ours that the artist keeps seeing meanwhile."""

from typing import List, Optional

import palettes
import pixels
from core.geometry import Bounds
from core.host import Picture
from gimp_libraries import Gimp


def visible(image: Gimp.Image, bounds: Bounds, ours: Optional[Gimp.Layer]) -> Picture:
    """The projection within `bounds` as rgba8, but for `ours`; nothing of the image changes."""
    if ours is None and not palettes.is_indexed(image):
        return _merged(image, bounds)
    layers = [layer for layer in image.get_layers() if layer != ours]
    if image.get_floating_sel() is None and all(map(_is_plain, layers)):
        return _of_part(image, layers, bounds)
    return _of_copy(image, ours, bounds)


def _is_plain(layer: Gimp.Layer) -> bool:
    return not layer.is_group() and not layer.get_filters()


def _of_part(image: Gimp.Image, layers: List[Gimp.Layer], bounds: Bounds) -> Picture:
    """The layers in an image of this size: of a copy of a large image, GIMP merges all first, which takes seconds.

    Layers of an indexed image become RGB here: where they are half transparent, GIMP shows more than the palette.
    """
    base = Gimp.ImageBaseType.RGB if palettes.is_indexed(image) else image.get_base_type()
    part = Gimp.Image.new_with_precision(bounds.width_px, bounds.height_px, base, image.get_precision())
    try:
        part.undo_disable()
        profile = image.get_color_profile()
        if profile is not None:
            part.set_color_profile(profile)
        for layer in reversed(layers):
            _bring(layer, part, bounds)
        return _merged(part, Bounds(0, 0, bounds.width_px, bounds.height_px))
    finally:
        part.delete()


def _bring(layer: Gimp.Layer, part: Gimp.Image, bounds: Bounds) -> None:
    place = pixels.bounds_of(layer)
    if layer.get_visible() and not place.intersect(bounds).empty:
        copy = Gimp.Layer.new_from_drawable(layer, part)  # which shares its pixels
        part.insert_layer(copy, None, 0)
        copy.set_offsets(place.x - bounds.x, place.y - bounds.y)


def _of_copy(image: Gimp.Image, ours: Optional[Gimp.Layer], bounds: Bounds) -> Picture:
    """Whatever the image is made of."""
    copy = image.duplicate()
    try:
        copy.undo_disable()
        if ours is not None:
            copy.get_layers()[image.get_layers().index(ours)].set_visible(False)
        if palettes.is_indexed(copy):
            copy.convert_rgb()
        return _merged(copy, bounds)
    finally:
        copy.delete()


def _merged(image: Gimp.Image, bounds: Bounds) -> Picture:
    if not image.get_layers():
        return Picture(bounds.width_px, bounds.height_px, "rgba8", bytes(4 * bounds.area_px))
    merged = Gimp.Layer.new_from_visible(image, image, "Sfumato reads")
    try:
        return pixels.read(merged, bounds)
    finally:
        merged.delete()
