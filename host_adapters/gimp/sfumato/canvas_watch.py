"""Whether the canvas has changed: a few small reads, so that live painting costs nothing while nobody paints.

Each read is a question to GIMP's process, which has more to do than to answer us. So a look reads the pixels of what
the artist paints on, and in turn everything of one layer: what is done to another one is seen a few looks later.
"""

from typing import Any, Dict, Iterator, List, Optional, Tuple

from gimp_libraries import Gimp

#: A change is looked for in pictures of this side; GIMP keeps them itself, and makes them anew where it was painted.
_SIDE_PX = 256
#: Every so many looks, the next layer is looked at closely.
_CLOSELY_EVERY = 3

Sight = Tuple[Any, Any]


class CanvasWatch:
    """Remembers what an image looked like the last times."""

    def __init__(self) -> None:
        self._seen: Dict[Any, Any] = {}
        self._turn = 0

    def changed(self, image: Gimp.Image, preview: Optional[Gimp.Layer]) -> bool:
        """Whether anything but our own preview was seen to be different since the last call; True at the first."""
        layers = [layer for layer in image.get_layers() if layer != preview]
        closely = self._next(layers) if self._seen else layers
        changed = False
        for what, sight in self._look(image, layers, closely):
            changed |= self._seen.get(what) != sight
            self._seen[what] = sight
        return changed

    def _next(self, layers: List[Gimp.Layer]) -> List[Gimp.Layer]:
        self._turn += 1
        turn, rest = divmod(self._turn, _CLOSELY_EVERY)
        return [layers[turn % len(layers)]] if layers and not rest else []

    def _look(self, image: Gimp.Image, layers: List[Gimp.Layer], closely: List[Gimp.Layer]) -> Iterator[Sight]:
        yield "layers", [image.get_id(), *(layer.get_id() for layer in layers)]
        painted = [layer for layer in image.get_selected_layers() if layer not in closely]
        for layer in (*painted, *closely):
            yield from _pixels(layer)
        for layer in closely:
            yield (layer.get_id(), "how"), _how(layer)
            yield "size", (image.get_width(), image.get_height())
        yield from _pixels(image.get_selection())


def _how(layer: Gimp.Layer) -> Tuple[Any, ...]:
    """How a layer lies in the image."""
    place = (*layer.get_offsets(), layer.get_width(), layer.get_height())
    return (*place, layer.get_visible(), layer.get_opacity(), layer.get_mode())


def _pixels(drawable: Gimp.Drawable) -> Iterator[Sight]:
    yield (drawable.get_id(), "pixels"), _thumbnail(drawable)
    if isinstance(drawable, Gimp.Layer):
        mask = drawable.get_mask()
        yield (drawable.get_id(), "mask"), _thumbnail(mask) if mask is not None else b""


def _thumbnail(drawable: Gimp.Drawable) -> bytes:
    found = drawable.get_thumbnail_data(_SIDE_PX, _SIDE_PX)
    data = found[0] if isinstance(found, tuple) else found
    return data.get_data() if hasattr(data, "get_data") else bytes(data)
