"""What is painted already, and where it may change: the textures and masks of an order. [main thread only]"""

import numpy as np

from . import images, painting_material
from .core.host import HostError, Picture
from .core.mesh_order import Texture
from .pixels import array_of


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


def texture_of(name, image, mask=None):
    """The texture of this name as it is, and where it may change: all of it without a mask."""
    picture = images.pixels_of(image)
    brush = None if mask is None else _brush(mask, picture.width_px)
    return Texture(name, picture, brush)


def _brush(mask, size_px):
    """A mask image as a gray picture of the texture's size."""
    whole = images.pixels_of(mask)
    pixels = array_of(whole)
    rows = np.arange(size_px) * whole.height_px // size_px
    columns = np.arange(size_px) * whole.width_px // size_px
    gray = pixels[rows][:, columns, :3].max(axis=2)
    if not gray.any():
        raise HostError(f"Nothing is white in the mask “{mask.name}”. Paint what is to be painted anew white.")
    return Picture(size_px, size_px, "gray8", np.ascontiguousarray(gray).tobytes())
