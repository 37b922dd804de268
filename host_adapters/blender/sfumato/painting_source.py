"""What is painted already, and where it may change: the textures and masks of an order. [main thread only]"""

import numpy as np

from . import painting_material
from .core.host import HostError, Picture
from .core.mesh_order import Texture


def painted(things):
    """(image, UV layer's name) of the texture that the objects have. Raises HostError where there is none to keep."""
    _, node = painting_material.painted_node(things[0])
    if node is None:
        raise HostError(f"“{things[0].name}” has no texture yet whose rest could be kept. Paint all of it first.")
    image = node.image
    if image.is_float:
        raise HostError(f"“{image.name}” has more than 8 bits. Convert it first: its rest could not be kept exactly.")
    if image.size[0] != image.size[1] or not image.size[0]:
        raise HostError(f"“{image.name}” has {image.size[0]} by {image.size[1]} pixels. Square textures are painted.")
    return image, painting_material.uv_name_of(node, things[0])


class Source:
    """The pixels of a texture, and of the mask that says where it may change, as Blender holds them.

    They are taken on the main thread; `texture` makes of them what is sent, and may be called on any.
    """

    def __init__(self, name, image, mask=None):
        self._name = name
        self._picture = _Pixels(image)
        self._mask = None if mask is None else _Pixels(mask)

    def texture(self):
        """The texture, and its brush. Raises HostError for a mask that is black."""
        picture = self._picture.whole()
        size_px = picture.shape[0]
        brush = None if self._mask is None else self._brush(size_px)
        return Texture(self._name, Picture(size_px, size_px, "rgba8", picture.tobytes()), brush)

    def _brush(self, size_px):
        """The mask as a gray picture of the texture's size."""
        pixels = self._mask.whole()
        rows = np.arange(size_px) * pixels.shape[0] // size_px
        columns = np.arange(size_px) * pixels.shape[1] // size_px
        gray = pixels[rows][:, columns, :3].max(axis=2)
        if not gray.any():
            raise HostError("Nothing is white in the mask. Paint what is to be painted anew white.")
        return Picture(size_px, size_px, "gray8", gray.tobytes())


class _Pixels:
    def __init__(self, image):
        width_px, height_px = image.size
        self._flat = np.empty(width_px * height_px * 4, np.float32)
        image.pixels.foreach_get(self._flat)
        self._shape = (height_px, width_px, 4)

    def whole(self):
        """(H, W, 4) in uint8, the first row at the top."""
        pixels = self._flat.reshape(self._shape)[::-1]
        return np.ascontiguousarray((pixels.clip(0, 1) * 255 + 0.5).astype(np.uint8))
