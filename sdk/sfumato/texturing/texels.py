"""Texels: every cell of every object's texture that lies on the surface, in one list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sfumato.texturing.arrays import Floats, Ints, unit
from sfumato.texturing.scanlines import scan
from sfumato.texturing.surface import Surface

_CHUNK: Final = 2**19


@dataclass(frozen=True, slots=True, kw_only=True)
class Texels:
    """The texels of all textures of a scene, each `size_px` squared, one texture after the other.

    `cell` (N,) is the place in the pile of textures, flat: texture * size_px² + row * size_px + column, row 0 on top;
    `face` (N,), `position` (N, 3), smooth `normal` (N, 3); `index` (textures, size_px, size_px) is the way back, -1
    where a cell is on no face. `unit_px` (F,) is the size of a texel on each face, in units.
    """

    size_px: int
    cell: Ints
    face: Ints
    position: Floats
    normal: Floats
    index: Ints
    unit_px: Floats

    def __len__(self) -> int:
        return len(self.cell)


def texels_of(surface: Surface, size_px: int) -> Texels:
    """The texels of a surface whose textures are `size_px` squared."""
    count = int(surface.textures.max()) + 1
    corners = in_cells(surface.uvs, size_px)
    owner = np.full(count * size_px**2, -1, np.int32)
    for cells in scan(corners, size_px, size_px):
        owner[surface.textures[cells.triangle] * size_px**2 + cells.row * size_px + cells.column] = cells.triangle
    _house_the_small(owner, corners, surface, size_px)
    cell = np.flatnonzero(owner >= 0)
    face = owner[cell]
    position, normal = _placed(surface, corners, cell, face, size_px)
    index = np.full(len(owner), -1, np.int32)
    index[cell] = np.arange(len(cell))
    return Texels(
        size_px=size_px,
        cell=cell,
        face=face,
        position=position,
        normal=normal,
        index=index.reshape(count, size_px, size_px),
        unit_px=_unit_px(surface, corners),
    )


def in_cells(uvs: Floats, size_px: int) -> Floats:
    """UVs (..., 2) as places in a texture (..., 2): columns and rows, from the upper left."""
    return np.stack([uvs[..., 0] * size_px, (1 - uvs[..., 1]) * size_px], axis=-1)


def in_pile(texture: Ints, uvs: Floats, size_px: int) -> Floats:
    """UVs (N, 2) of textures (N,) as places in all of them one above the other, kept within their own, (N, 2)."""
    found = np.clip(in_cells(uvs, size_px), 0.5, size_px - 0.5)
    found[:, 1] += texture * size_px
    return found


def _house_the_small(owner: Ints, corners: Floats, surface: Surface, size_px: int) -> None:
    """Faces that hold no texel's centre get the one in their middle where nobody else has it."""
    housed = np.zeros(len(corners), bool)
    housed[owner[owner >= 0]] = True
    small = np.flatnonzero(~housed & (surface.areas > 0))
    middle = np.clip(np.floor(corners[small].mean(axis=1)), 0, size_px - 1).astype(np.int64)
    cell = surface.textures[small] * size_px**2 + middle[:, 1] * size_px + middle[:, 0]
    free = owner[cell] < 0
    owner[cell[free]] = small[free]


def _placed(surface: Surface, corners: Floats, cell: Ints, face: Ints, size_px: int) -> tuple[Floats, Floats]:
    """Positions and normals (N, 3) of texels; float32, as there are millions of them."""
    position, normal = np.empty((len(cell), 3), np.float32), np.empty((len(cell), 3), np.float32)
    to_weights = _to_weights(corners)
    for start in range(0, len(cell), _CHUNK):
        part = slice(start, start + _CHUNK)
        of = face[part]
        column, row = cell[part] % size_px + 0.5, cell[part] // size_px % size_px + 0.5
        way = np.stack([column, row], axis=1) - corners[of, 0]
        second, third = np.einsum("nij,nj->in", to_weights[of], way)
        weights = np.stack([1 - second - third, second, third], axis=1)
        position[part] = np.einsum("nc,nci->ni", weights, surface.corners[of])
        normal[part] = unit(np.einsum("nc,nci->ni", weights, surface.corner_normals[of]))
    return position, normal


def _to_weights(corners: Floats) -> Floats:
    """For every face the matrix (2, 2) from a way in the texture to the weights of its second and third corner."""
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    area = np.where(np.abs(area) > 1e-12, area, np.inf)  # a face without area in the texture is all at its first corner
    return np.stack([b[:, 1], -b[:, 0], -a[:, 1], a[:, 0]], axis=1).reshape(-1, 2, 2) / area[:, None, None]


def _unit_px(surface: Surface, corners: Floats) -> Floats:
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area_px = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2
    found: Floats = np.sqrt(surface.areas / np.maximum(area_px, 1e-12))
    return found
