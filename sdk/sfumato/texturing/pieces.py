"""Meshes as they come in a frame: rows that say how much of its body is whose, and the arrays in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sfumato.errors import MeshRefused
from sfumato.texturing.arrays import Bools, Floats, Ints
from sfumato.texturing.mesh import MeshObject, Scene
from sfumato.texturing.texels import Texels
from sfumato.texturing.uv_problems import can_be_painted, shared_uv_problem

#: From a world whose up is +Z, as Blender's, to one whose up is +Y.
_TURN: Final = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One mesh of a frame. `selected` (F,) are the faces that may be painted, `polygons` (F,) what each is part of."""

    given: MeshObject
    selected: Bools | None = None
    polygons: Ints | None = None


class Body:
    """The arrays of a frame's body, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._rest = memoryview(data)

    def take(self, kind: str, *shape: int) -> Any:
        """The next array, of numbers such as `<f4`."""
        size = np.dtype(kind).itemsize * int(np.prod(shape, dtype=np.int64))
        found, self._rest = np.frombuffer(self._rest[:size], kind), self._rest[size:]
        return found.reshape(shape)


def pieces_of(rows: Sequence[Mapping[str, Any]], body: Body, *, up: str) -> list[Piece]:
    """The meshes of a frame. Raises MeshRefused."""
    return [_piece(row, body, up) for row in rows]


def turned(matrix: Floats, up: str) -> Floats:
    """A camera's matrix (4, 4) in a world whose up is +Y."""
    if up == "y":
        return matrix
    turn = np.eye(4)
    turn[:3, :3] = _TURN
    found: Floats = turn @ matrix
    return found


def scene_of(pieces: Sequence[Piece], *, as_they_are: bool) -> Scene:
    """The scene, once its UVs are known to hold paint. Raises UvsUnfit."""
    scene = Scene(objects=tuple(each.given for each in pieces))
    for objects in scene.textures:
        problem = shared_uv_problem(objects)
        if problem and not (as_they_are and all(map(can_be_painted, objects))):
            raise UvsUnfit(problem, [each.name for each in objects])
    return scene


class UvsUnfit(MeshRefused):
    """The UVs of objects that share a texture cannot hold its paint; new ones can be made."""

    reason = "UVS_UNFIT"

    def __init__(self, problem: str, names: Sequence[str]) -> None:
        super().__init__(f"{', '.join(map(repr, names))}: {problem}", objects="\n".join(names))


def limit_of(pieces: Sequence[Piece], brushes: Sequence[Floats | None], texels: Texels) -> Floats | None:
    """How much each texel (N,) may change: by selected faces and by brushes (size_px, size_px) of the textures."""
    share = np.ones(len(texels), np.float32)
    if any(each.selected is not None for each in pieces):
        none = [np.zeros(len(each.given.faces), bool) for each in pieces]
        chosen = [rest if each.selected is None else each.selected for each, rest in zip(pieces, none, strict=True)]
        share *= np.concatenate(chosen)[texels.face]
    elif all(each is None for each in brushes):
        return None
    if any(each is not None for each in brushes):
        blank = np.zeros((texels.size_px, texels.size_px), np.float32)
        share *= np.stack([blank if each is None else each for each in brushes]).reshape(-1)[texels.cell]
    return share


def _piece(row: Mapping[str, Any], body: Body, up: str) -> Piece:
    count, faces = row["vertex_count"], row["triangle_count"]
    positions = body.take("<f4", count, 3).astype(np.float64)
    triangles = body.take("<u4", faces, 3).astype(np.int64)
    uvs = body.take("<f4", faces, 3, 2).astype(np.float64) if row["has_uvs"] else None
    polygons = body.take("<u4", faces).astype(np.int64) if row["has_polygons"] else None
    selected = body.take("u1", faces) > 0 if row["has_selection"] else None
    if up == "z":
        positions = positions @ _TURN.T
    given = MeshObject(name=row["name"], positions=positions, faces=triangles, uvs=uvs, texture=row["texture"])
    return Piece(given=given, selected=selected, polygons=polygons)
