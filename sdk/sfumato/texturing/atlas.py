"""Charts: meshes cut into pieces that lie flat, side by side in one texture (xatlas).

`python -m sfumato.texturing.atlas` makes them of the meshes that come over stdin: xatlas 0.0.11 crashes on some, such
as an icosphere of 82,000 faces, and should not take the caller along.
"""

from __future__ import annotations

import importlib
import io
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sfumato.errors import MeshRefused
from sfumato.texturing.arrays import Floats, Ints

_SPACE_PX: Final = 4
#: Where so few faces are, no crash is known, and a process of their own would take longer than the charts.
_FEW_FACES: Final = 10_000
#: Of the longest side: what breaks the regularity that xatlas crashes on, and moves no seam.
_SHAKE: Final = 1e-4
_COMMAND: Final = ("-P", "-m", "sfumato.texturing.atlas")

Mesh = tuple[Floats, Ints]
"""Positions (V, 3) and faces (F, 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charts:
    """`uvs` (F, 3, 2) of each mesh from 0 to 1, in a texture of this proportion."""

    uvs: list[Floats]
    width: float
    height: float


def charted(meshes: Sequence[Mesh], size_px: int) -> Charts:
    """Charts of the meshes for a texture of `size_px`. Raises MeshRefused for what xatlas crashes on."""
    if sum(len(faces) for _, faces in meshes) <= _FEW_FACES:
        return _charted_here(meshes, size_px)
    _xatlas()  # where it is not installed, that is no crash
    found = _charted_apart(meshes, size_px) or _charted_apart([_shaken(each) for each in meshes], size_px)
    if found is None:
        raise MeshRefused("xatlas, which makes the UVs, crashes on it; make UVs in a modeller, or give it fewer faces")
    return found


def packed(uvs: Sequence[Floats], size_px: int) -> list[Floats]:
    """Islands (F, 3, 2) that are there already, put side by side anew."""
    atlas = _xatlas().Atlas()
    for each in uvs:
        corners, ids = np.unique(each.reshape(-1, 2).astype(np.float32), axis=0, return_inverse=True)
        atlas.add_uv_mesh(corners, ids.reshape(-1, 3).astype(np.uint32))
    return _generated(atlas, size_px).uvs


def _charted_here(meshes: Sequence[Mesh], size_px: int) -> Charts:
    atlas = _xatlas().Atlas()
    for positions, faces in meshes:
        atlas.add_mesh(positions.astype(np.float32), faces.astype(np.uint32))
    return _generated(atlas, size_px)


def _charted_apart(meshes: Sequence[Mesh], size_px: int) -> Charts | None:
    """The same in a process of its own; None where that crashes."""
    order: dict[str, Any] = {f"positions{number}": positions for number, (positions, _) in enumerate(meshes)}
    order |= {f"faces{number}": faces for number, (_, faces) in enumerate(meshes)}
    command = [sys.executable, *_COMMAND]
    ended = subprocess.run(command, input=_told(**order, size_px=size_px), stdout=subprocess.PIPE, check=False)
    if ended.returncode:
        return None
    with np.load(io.BytesIO(ended.stdout)) as answer:
        uvs = [answer[f"uvs{number}"] for number in range(len(meshes))]
        return Charts(uvs=uvs, width=float(answer["width"]), height=float(answer["height"]))


def _shaken(mesh: Mesh) -> Mesh:
    positions, faces = mesh
    shake = np.random.default_rng(0).standard_normal(positions.shape) * float(np.ptp(positions, axis=0).max())
    return positions + _SHAKE * shake, faces


def _xatlas() -> Any:
    """The library, which has no types, when it is needed."""
    return importlib.import_module("xatlas")


def _generated(atlas: Any, size_px: int) -> Charts:
    packing = _xatlas().PackOptions()
    packing.resolution, packing.padding, packing.bilinear = size_px, _SPACE_PX, True
    atlas.generate(pack_options=packing)
    found = [atlas[number] for number in range(len(atlas))]
    uvs = [places[indices.astype(np.int64)].astype(np.float64) for _, indices, places in found]
    return Charts(uvs=uvs, width=atlas.width, height=atlas.height)


def _told(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def main() -> None:
    """Chart what comes over stdin, and write the answer to stdout."""
    with np.load(io.BytesIO(sys.stdin.buffer.read())) as order:
        count = sum(name.startswith("faces") for name in order)
        meshes = [(order[f"positions{number}"], order[f"faces{number}"]) for number in range(count)]
        charts = _charted_here(meshes, int(order["size_px"]))
    uvs = {f"uvs{number}": each for number, each in enumerate(charts.uvs)}
    sys.stdout.buffer.write(_told(**uvs, width=charts.width, height=charts.height))


if __name__ == "__main__":
    main()
