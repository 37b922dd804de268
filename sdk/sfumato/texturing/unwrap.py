"""New UVs (xatlas), for one object or for several that share a texture, polygons kept whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from sfumato.texturing.arrays import Floats, Ints, unit
from sfumato.texturing.atlas import charted, packed
from sfumato.texturing.mesh import MeshObject

#: How long the longest side is made for xatlas, which takes faces of less than a ten-millionth for nothing.
_SIDE: Final = 1000.0


def unwrapped(given: MeshObject, *, size_px: int = 1024) -> MeshObject:
    """The object with new UVs that do not overlap, with room between the islands for a texture of `size_px`.

    Faces and positions stay as they are, in their order.
    """
    return unwrapped_together([given], size_px=size_px)[0]


def unwrapped_together(
    objects: Sequence[MeshObject], *, size_px: int = 1024, polygons: Sequence[Ints] | None = None
) -> list[MeshObject]:
    """The objects with new UVs in one texture, that do not overlap.

    `polygons`, (F,) for each object, says which polygon each face is a part of: no polygon is cut then.
    """
    low, side = _bounds(objects)
    meshes = [_welded(each) for each in objects]
    charts = charted([((positions - low) * (_SIDE / side), faces) for positions, faces in meshes], size_px)
    uvs = charts.uvs
    if polygons is not None and any(len(_cut(*each)) for each in zip(objects, uvs, polygons, strict=True)):
        sides = np.array([charts.width, charts.height])
        whole = [_mended(each, uv * sides, of) for each, uv, of in zip(objects, uvs, polygons, strict=True)]
        uvs = packed(whole, size_px)
    # xatlas leaves faces out of its charts that have no area; their corners then share one place.
    return [replace(each, uvs=uv) for each, uv in zip(objects, uvs, strict=True)]


def _bounds(objects: Sequence[MeshObject]) -> tuple[Floats, float]:
    """The lowest corner (3,) of all objects together, and their longest side."""
    low = np.min([each.positions.min(axis=0) for each in objects], axis=0)
    high = np.max([each.positions.max(axis=0) for each in objects], axis=0)
    return low, float((high - low).max())


def _welded(given: MeshObject) -> tuple[Floats, Ints]:
    """Vertices that were split for former UVs become one, so that islands are not cut there again."""
    positions, ids = np.unique(given.positions, axis=0, return_inverse=True)
    return positions, ids.reshape(-1)[given.faces]


def _cut(given: MeshObject, uvs: Floats, polygon: Ints) -> Ints:
    """The ids of the polygons in which one vertex has several places."""
    corner = (polygon[:, None].astype(np.int64) * len(given.positions) + given.faces).ravel()
    order = np.argsort(corner, kind="stable")
    same = corner[order[1:]] == corner[order[:-1]]
    places = uvs.reshape(-1, 2)[order]
    apart = (places[1:] != places[:-1]).any(axis=1)
    found: Ints = np.unique(corner[order[1:]][same & apart] // len(given.positions))
    return found


def _mended(given: MeshObject, uvs: Floats, polygon: Ints) -> Floats:
    """The places (F, 3, 2), each polygon that was cut laid flat as an island of its own beside all others."""
    cut = _cut(given, uvs, polygon)
    faces = np.flatnonzero(np.isin(polygon, cut))
    number = np.searchsorted(cut, polygon[faces])
    corners = given.positions[given.faces[faces]]
    flat = _flattened(corners, number) * _scale(given, uvs)
    size = float(np.ptp(flat.reshape(-1, 2), axis=0).max()) + 1 if len(flat) else 1.0
    found = uvs.copy()
    found[faces] = flat + np.stack([uvs.max() + size * (2 * number + 2), np.zeros(len(number))], axis=1)[:, None]
    return found


def _flattened(corners: Floats, number: Ints) -> Floats:
    """Corners (N, 3, 3) of the faces of polygons `number` (N,) in their polygon's plane, (N, 3, 2)."""
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    first = np.unique(number, return_index=True)[1]
    normal = unit(np.stack([np.bincount(number, cross[:, axis]) for axis in range(3)], axis=1))[number]
    along = (corners[:, 1] - corners[:, 0])[first][number]
    right = unit(along - normal * np.einsum("ni,ni->n", along, normal)[:, None])
    way = corners - corners[:, 0][first][number][:, None]
    axes = np.stack([right, np.cross(normal, right)], axis=1)
    found: Floats = np.einsum("nci,nai->nca", way, axes)
    return found


def _scale(given: MeshObject, uvs: Floats) -> float:
    """Texels for a unit, as most of the surface has them."""
    a, b, c = given.positions[given.faces].transpose(1, 0, 2)
    u, v = uvs[:, 1] - uvs[:, 0], uvs[:, 2] - uvs[:, 0]
    areas = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    in_texture = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
    real = (areas > 0) & (in_texture > 0)
    return float(np.sqrt(np.median(in_texture[real] / areas[real]))) if real.any() else 1.0
