"""Textures that grow on their objects: a material of their own for as long as the painting lasts. [main thread only]"""

import bpy

from . import painting_material
from .mesh_capture import uv_name
from .references import Reference


class Growth:
    """What one painting shows while it works. Everything is looked up by name: the artist may undo at any time."""

    def __init__(self):
        self._forget()

    def show(self, name, things, size_px, floats):
        """Show the newest picture of a texture (float32, bottom row first) on the objects that have it."""
        image = self._image(name, size_px)
        image.pixels.foreach_set(floats)
        image.update()
        known = self._materials.get(name)
        if known and known.find():
            return
        material = painting_material.new_material(f"{name} (painting)", image, uv_name(things[0]))
        self._materials[name] = Reference.to("materials", material)
        for thing in things:
            self._former.append((Reference.to("objects", thing), painting_material.dress(thing, material)))

    def clear(self):
        """Give every object back what it wore, and leave nothing behind."""
        for reference, former in self._former:
            thing = reference.find()
            if thing and any(_is_ours(slot.material, self._materials) for slot in thing.material_slots):
                painting_material.undress(thing, former)
                if former == (None,) and len(thing.data.materials) == 1 and thing.data.materials[0] is None:
                    thing.data.materials.clear()
        for each in (*self._materials.values(), *self._images.values()):
            block = each.find()
            if block is not None:
                getattr(bpy.data, each.collection).remove(block)
        self._forget()

    def _forget(self):
        self._images, self._materials, self._former = {}, {}, []

    def _image(self, name, size_px):
        known = self._images.get(name)
        image = known.find() if known else None
        if image is None:
            image = bpy.data.images.new(f"{name} (painting)", size_px, size_px)
            self._images[name] = Reference.to("images", image)
        elif image.size[0] != size_px:
            image.scale(size_px, size_px)
        return image


def _is_ours(material, ours):
    return material is not None and material.name in {each.name for each in ours.values()}
