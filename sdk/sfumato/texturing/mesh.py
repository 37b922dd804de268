"""MeshObject and Scene: triangles with their place in a texture, checked where they come in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sfumato.errors import MeshRefused
from sfumato.texturing.arrays import Floats, Ints

#: A rasteriser in numpy takes minutes for more.
MAX_FACES: Final = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshObject:
    """One object, with a texture of its own, or one that it shares with all objects that have the same `texture`.

    `positions` (V, 3) in the scene's coordinates, `faces` (F, 3) indices into them, counter-clockwise from outside;
    `uvs` (F, 3, 2) for every corner, the origin at the lower left of the texture, None where there are none.
    `origin` is the file's own object, of which what does not concern the paint is kept. Raises MeshRefused.
    """

    name: str
    positions: Floats
    faces: Ints
    uvs: Floats | None = None
    origin: Any = None
    texture: str = ""

    def __post_init__(self) -> None:
        for problem in _problems(self):
            raise MeshRefused(f"object {self.name!r}: {problem}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All objects that are painted together. Raises MeshRefused for none, and for two of one name."""

    objects: tuple[MeshObject, ...]

    @property
    def texture_of(self) -> list[int]:
        """The number of each object's texture, in the order of the objects that have it first."""
        keys = [(bool(each.texture), each.texture or each.name) for each in self.objects]
        numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
        return [numbers[key] for key in keys]

    @property
    def textures(self) -> tuple[tuple[MeshObject, ...], ...]:
        """The objects of each texture."""
        of = self.texture_of
        pairs = list(zip(self.objects, of, strict=True))
        return tuple(tuple(each for each, its in pairs if its == number) for number in range(max(of) + 1))

    def __post_init__(self) -> None:
        names = [each.name for each in self.objects]
        if not names:
            raise MeshRefused("got a scene without objects, expected at least one with faces")
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise MeshRefused(f"got several objects named {twice[0]!r}, expected a name of its own for each")
        if sum(len(each.faces) for each in self.objects) > MAX_FACES:
            raise MeshRefused(f"got more than {MAX_FACES} faces; reduce the mesh first")


def _problems(given: MeshObject) -> Iterator[str]:
    """What is wrong, the first thing first; later checks rely on the earlier ones."""
    if given.positions.ndim != 2 or given.positions.shape[1] != 3:
        yield f"got positions of shape {given.positions.shape}, expected (vertices, 3)"
    elif given.faces.ndim != 2 or given.faces.shape[1] != 3 or not len(given.faces):
        yield f"got faces of shape {given.faces.shape}, expected (faces, 3) with at least one face"
    elif not np.isfinite(given.positions).all():
        bad = int((~np.isfinite(given.positions)).any(axis=1).sum())
        yield f"{bad} of {len(given.positions)} positions are not finite numbers"
    elif given.faces.min() < 0 or given.faces.max() >= len(given.positions):
        yield f"faces name vertex {given.faces.max()} (or below 0) of only {len(given.positions)}"
    elif not _areas(given).any():
        yield "every face has an area of 0"
    elif given.uvs is not None and given.uvs.shape != (len(given.faces), 3, 2):
        yield f"got UVs of shape {given.uvs.shape}, expected {(len(given.faces), 3, 2)}"


def _areas(given: MeshObject) -> Floats:
    a, b, c = given.positions[given.faces].astype(np.float64).transpose(1, 0, 2)
    found: Floats = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    return found
