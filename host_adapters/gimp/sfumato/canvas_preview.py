"""A picture over the canvas that is no part of the work: a locked layer on top, put there with GIMP's undo frozen.

GIMP lets plug-ins draw on no overlay. It does let them freeze an image's undo for a preview that is taken away again:
so the preview makes no undo step, the artist's history stays whole, and their selected layers stay selected.
"""

from contextlib import contextmanager
from typing import Dict, Iterator, Optional

import pixels
from core.geometry import Bounds
from core.host import Picture
from gimp_libraries import Gimp

_MARK = "sfumato-preview"
_NAME = "Sfumato preview (not part of the image)"


@contextmanager
def unrecorded(image: Gimp.Image) -> Iterator[None]:
    """Change an image without an undo step; what is selected, and whether it needs saving, stay as they were."""
    selected, was_clean = image.get_selected_layers(), not image.is_dirty()
    image.undo_freeze()
    try:
        yield
    finally:
        still_there = [layer for layer in selected if layer.is_valid()]
        if still_there:
            image.set_selected_layers(still_there)
        if was_clean:
            image.clean_all()
        image.undo_thaw()


class CanvasPreviews:
    """At most one preview for each image."""

    def __init__(self) -> None:
        self._layers: Dict[int, Gimp.Layer] = {}

    def of(self, image: Gimp.Image) -> Optional[Gimp.Layer]:
        """The preview's layer, where the image shows one."""
        layer = self._layers.get(image.get_id())
        return layer if layer is not None and layer.is_valid() else None

    def show(self, image: Gimp.Image, bounds: Bounds, picture: Picture) -> None:
        """Draw the picture over `bounds`, in the place of the last one."""
        layer = self.of(image)
        if layer is not None and pixels.bounds_of(layer) == bounds:
            # No freeze here: a stroke that ends while undo is frozen would lose its step.
            layer.set_lock_content(False)  # GIMP kills a plug-in that writes into a locked layer
            pixels.write(layer, pixels.scaled(picture, bounds.width_px, bounds.height_px))
            layer.set_lock_content(True)
        else:
            with unrecorded(image):
                self._remove(image)
                self._layers[image.get_id()] = _insert(image, bounds, picture)
        Gimp.displays_flush()

    def hide(self, image: Gimp.Image) -> None:
        """Take the preview away."""
        if self.of(image) is not None:
            with unrecorded(image):
                self._remove(image)
            Gimp.displays_flush()
        self._layers.pop(image.get_id(), None)

    def hide_all(self) -> None:
        """Take every preview away that is still in an open image."""
        for image_id in list(self._layers):
            if Gimp.Image.id_is_valid(image_id):
                self.hide(Gimp.Image.get_by_id(image_id))

    def sweep(self, image: Gimp.Image) -> None:
        """Remove what an earlier life left: GIMP or the plug-in died, or the image was saved with a preview."""
        ours = self.of(image)
        left = [layer for layer in image.get_layers() if layer != ours and layer.get_parasite(_MARK) is not None]
        if left:
            with unrecorded(image):
                for layer in left:
                    image.remove_layer(layer)

    def _remove(self, image: Gimp.Image) -> None:
        layer = self.of(image)
        if layer is not None:
            image.remove_layer(layer)


def _insert(image: Gimp.Image, bounds: Bounds, picture: Picture) -> Gimp.Layer:
    layer = pixels.new_layer(image, pixels.scaled(picture, bounds.width_px, bounds.height_px), _NAME)
    layer.set_offsets(bounds.x, bounds.y)
    layer.attach_parasite(Gimp.Parasite.new(_MARK, Gimp.PARASITE_PERSISTENT, b"1"))
    image.insert_layer(layer, None, 0)
    layer.set_lock_content(True)
    layer.set_lock_position(True)
    return layer
