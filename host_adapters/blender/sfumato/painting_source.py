"""What is painted already, and where it may change: the textures and masks of an order. [main thread only]"""

import bpy
import numpy as np

from . import images, mesh_capture, painting_material
from .core.host import HostError, Picture
from .core.mesh_order import Texture
from .painting_wish import groups_of, keeps
from .pixels import whole_numbers


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


def sources_of(things, wish):
    """What is kept, by texture; the UV layers to paint on, by object; the textures' size, 0 where all is new.

    Raises HostError where what is asked for cannot be kept.
    """
    layers = {each.name: mesh_capture.uv_name(each) for each in things}
    if not keeps(wish):
        return (), layers, 0
    mask, found, sizes = _mask_of(wish), [], set()
    for name, group in groups_of(wish, things):
        image, layer = painted(group)
        layers.update({each.name: layer for each in group})
        sizes.add(image.size[0])
        found.append(Source(name, image, mask))
    if len(sizes) > 1:
        raise HostError("The textures of the selected objects have different sizes. Paint them one by one.")
    return tuple(found), layers, sizes.pop()


def textures_of(sources):
    """The textures of an order, and what stands against them in words; may be called on any thread."""
    try:
        return tuple(each.texture() for each in sources), ""
    except HostError as refusal:
        return (), str(refusal)


class Source:
    """The pixels of a texture, and of the mask that says where it may change, as Blender holds them.

    They are taken on the main thread; `texture` makes of them what is sent, and may be called on any. Raises HostError
    for an image without pixels.
    """

    def __init__(self, name, image, mask=None):
        self._name = name
        self._picture = images.read(image)
        self._mask = None if mask is None else images.read(mask)

    def texture(self):
        """The texture, and its brush. Raises HostError for a mask that is black."""
        picture = _whole(self._picture)
        size_px = picture.shape[0]
        brush = None if self._mask is None else self._brush(size_px)
        return Texture(self._name, Picture(size_px, size_px, "rgba8", picture.tobytes()), brush)

    def _brush(self, size_px):
        """The mask as a gray picture of the texture's size."""
        pixels = _whole(self._mask)
        rows = np.arange(size_px) * pixels.shape[0] // size_px
        columns = np.arange(size_px) * pixels.shape[1] // size_px
        gray = pixels[rows][:, columns, :3].max(axis=2)
        if not gray.any():
            raise HostError("Nothing is white in the mask. Paint what is to be painted anew white.")
        return Picture(size_px, size_px, "gray8", gray.tobytes())


def _mask_of(wish):
    """The image that is white where the wish may paint; None where it goes by no mask."""
    if wish["region"] != "MASK":
        return None
    mask = bpy.data.images.get(wish["mask"])
    if mask is None:
        raise HostError("Choose the mask: an image that is white where it may be painted.")
    return mask


def _whole(raw):
    return whole_numbers(raw.flat, raw.width_px, raw.height_px)
