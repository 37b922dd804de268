"""Whether the canvas has changed: small reads and a digest, so that live painting costs nothing while nobody paints."""

import hashlib
from typing import Any, Optional

from gimp_libraries import Gimp

#: A change is looked for in pictures of this side; GIMP keeps them itself, and makes them anew where it was painted.
_SIDE_PX = 256


class CanvasWatch:
    """Remembers what an image looked like the last time."""

    def __init__(self) -> None:
        self._seen: Optional[bytes] = None

    def changed(self, image: Gimp.Image, preview: Optional[Gimp.Layer]) -> bool:
        """Whether anything but our own preview is different since the last call; True at the first."""
        digest = hashlib.blake2b(digest_size=16)
        digest.update(repr((image.get_id(), image.get_width(), image.get_height())).encode())
        for layer in image.get_layers():
            if layer != preview:
                _add(digest, layer)
        _add(digest, image.get_selection())
        found = digest.digest()
        changed, self._seen = found != self._seen, found
        return changed


def _add(digest: Any, drawable: Gimp.Drawable) -> None:
    state = [drawable.get_id(), drawable.get_visible(), drawable.get_offsets(), drawable.get_width()]
    if isinstance(drawable, Gimp.Layer):
        mask = drawable.get_mask()
        state += [drawable.get_opacity(), drawable.get_mode(), mask and mask.get_id()]
        if mask:
            digest.update(_thumbnail(mask))
    digest.update(repr(state).encode())
    digest.update(_thumbnail(drawable))


def _thumbnail(drawable: Gimp.Drawable) -> bytes:
    found = drawable.get_thumbnail_data(_SIDE_PX, _SIDE_PX)
    data = found[0] if isinstance(found, tuple) else found
    return data.get_data() if hasattr(data, "get_data") else bytes(data)
