"""Bytes kept with an image or one of its layers, and saved in its XCF, without a step in the undo history."""

import zlib
from array import array
from typing import Optional, Union

from gimp_libraries import Gimp

Item = Union[Gimp.Image, Gimp.Layer]

#: What is longer is packed, behind this mark: GIMP takes parasites number by number, which is slow.
_LONG_BYTES = 4096
_PACKED = b"sfumato-zlib:"


def keep(image: Gimp.Image, item: Item, name: str, data: bytes) -> None:
    """Attach bytes to the image or to a layer of it."""
    if len(data) > _LONG_BYTES:
        data = _PACKED + zlib.compress(data, 1)
    # GIMP's bytes are signed, in both directions.
    parasite = Gimp.Parasite.new(name, Gimp.PARASITE_PERSISTENT, array("b", data).tolist())
    # Without the freeze GIMP notes a step that cannot be undone, and the artist's history ends there.
    image.undo_freeze()
    try:
        item.attach_parasite(parasite)
    finally:
        image.undo_thaw()


def kept(item: Item, name: str) -> Optional[bytes]:
    """What was attached; None where nothing was."""
    parasite = item.get_parasite(name)
    if parasite is None:
        return None
    data = array("b", parasite.get_data()).tobytes()
    return zlib.decompress(data[len(_PACKED) :]) if data.startswith(_PACKED) else data
