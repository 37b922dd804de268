"""Small pictures for panels, kept by Blender outside of the file."""

import bpy.utils.previews


class Thumbnails:
    """Icons by name. They are released when the add-on is disabled."""

    def __init__(self):
        self._previews = bpy.utils.previews.new()

    def put(self, name, pixels):
        """Show pixels (H, W, 4), float32 in sRGB, bottom row first, under this name."""
        if name in self._previews:
            del self._previews[name]
        preview = self._previews.new(name)
        preview.image_size = pixels.shape[1::-1]
        preview.image_pixels_float.foreach_set(pixels.ravel())

    def icon(self, name):
        """The number by which a layout shows it; 0 is nothing."""
        preview = self._previews.get(name)
        return preview.icon_id if preview else 0

    def keep(self, names):
        """Forget all but these."""
        for name in set(self._previews) - set(names):
            del self._previews[name]

    def clear(self):
        """Forget all."""
        self._previews.clear()

    def close(self):
        """Release them."""
        bpy.utils.previews.remove(self._previews)
