"""`python -m sfumato.texturing`: paint or unwrap what comes over stdin, one frame, and tell of it over stdout.

The bridge starts it: numpy's long computations would hold up everything else there. A `paint` frame is answered with
`begun`, then for each view with `draw`, which waits for `drawn`, `progress` and `texture`s; at last `filling`, the
final `texture`s and `painted`. An `unwrap` frame is answered with `unwrapped`. `refused` says what went wrong.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np

from sfumato.errors import SfumatoError
from sfumato.frames import encode, read
from sfumato.texturing.arrays import Bytes
from sfumato.texturing.commission import Commission
from sfumato.texturing.pieces import Body, pieces_of
from sfumato.texturing.unwrap import unwrapped_together


class _Parent:
    """Whoever is at the other end."""

    def __init__(self, reading: BinaryIO, writing: BinaryIO) -> None:
        self._reading, self._writing = reading, writing

    def next(self) -> tuple[dict[str, Any], bytes]:
        """The next frame; this process ends where there is none."""
        found = read(self._reading)
        if found is None:
            raise SystemExit(0)
        return found

    def tell(self, header: Mapping[str, Any], body: bytes = b"") -> None:
        self._writing.write(encode(dict(header), body))
        self._writing.flush()

    def ask(self, header: Mapping[str, Any], body: bytes) -> Bytes:
        self.tell(header, body)
        answer, pixels = self.next()
        picture = answer["picture"]
        return np.frombuffer(pixels, np.uint8).reshape(picture["height_px"], picture["width_px"], 4)


def main() -> None:
    """Do what the one frame asks."""
    parent = _Parent(*_claimed())
    order, body = parent.next()
    try:
        if order["op"] == "unwrap":
            _unwrap(order, body, parent)
        else:
            Commission(order, body, parent.tell, parent.ask).run()
            parent.tell({"op": "painted"})
    except SfumatoError as error:
        parent.tell({"op": "refused", "error": error.to_json()})
    except MemoryError:
        said = "the mesh and its textures do not fit into memory; take smaller textures"
        parent.tell({"op": "refused", "error": {"reason": "OUT_OF_MEMORY", "message": said}})
    except BrokenPipeError:
        os._exit(0)  # nobody listens any more


def _unwrap(order: Mapping[str, Any], body: bytes, parent: _Parent) -> None:
    """New UVs in float32, (F, 3, 2) for each mesh, those of one texture side by side in it."""
    pieces = pieces_of(order["meshes"], Body(body), up="y")
    found: dict[str, Bytes] = {}
    for word in dict.fromkeys(each.given.texture or each.given.name for each in pieces):
        group = [each for each in pieces if word in (each.given.texture or each.given.name,)]
        polygons = [np.arange(len(each.given.faces)) if each.polygons is None else each.polygons for each in group]
        objects = [each.given for each in group]
        for new in unwrapped_together(objects, size_px=order["size_px"], polygons=polygons):
            assert new.uvs is not None
            found[new.name] = new.uvs.astype("<f4")
    rows = [{"name": each.given.name, "triangle_count": len(each.given.faces)} for each in pieces]
    parent.tell({"op": "unwrapped", "meshes": rows}, b"".join(found[each.given.name].tobytes() for each in pieces))


def _claimed() -> tuple[BinaryIO, BinaryIO]:
    """The streams of the process for frames alone; what else is printed goes to stderr."""
    reading, writing = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(reading, os.O_BINARY)
        msvcrt.setmode(writing, os.O_BINARY)
    return os.fdopen(reading, "rb"), os.fdopen(writing, "wb")


if __name__ == "__main__":
    main()
