"""Surface: all faces of a scene in one list, welded where objects split vertices only for their UVs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sfumato.texturing.arrays import Floats, Ints, dot, unit
from sfumato.texturing.facing import outward
from sfumato.texturing.mesh import MeshObject, Scene

#: Vertices closer than this share of the object's size are one.
_WELD_SHARE: Final = 1e-6
#: Where faces meet at less than this angle, they are shaded as one smooth surface.
_CREASE_COSINE: Final = float(np.cos(np.radians(40)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """The faces of all objects, in the order of the objects.

    `corners` (F, 3, 3) positions, `welded` (F, 3) vertex ids, `uvs` (F, 3, 2), `normals` (F, 3) of unit length,
    `corner_normals` (F, 3, 3) smooth ones, `areas` (F,), `textures` (F,) the number of the texture, `outward` (F,) as
    `facing.outward` says.
    """

    corners: Floats
    welded: Ints
    uvs: Floats
    normals: Floats
    corner_normals: Floats
    areas: Floats
    textures: Ints
    outward: Ints

    @property
    def centre(self) -> Floats:
        """The middle of the surrounding box, (3,)."""
        points = self.corners.reshape(-1, 3)
        found: Floats = (points.min(axis=0) + points.max(axis=0)) / 2
        return found

    @property
    def radius(self) -> float:
        """How far the farthest corner is from `centre`."""
        return float(np.linalg.norm(self.corners.reshape(-1, 3) - self.centre, axis=1).max())


def surface_of(scene: Scene) -> Surface:
    """The scene as one surface. Objects without UVs get zeros."""
    textures = np.repeat(scene.texture_of, [len(each.faces) for each in scene.objects])
    corners = np.concatenate([each.positions[each.faces] for each in scene.objects]).astype(np.float64)
    welded = _welded(scene)
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = unit(cross)
    return Surface(
        corners=corners,
        welded=welded,
        uvs=np.concatenate([_uvs(each) for each in scene.objects]),
        normals=normals,
        corner_normals=_smooth(welded, cross, normals),
        areas=np.linalg.norm(cross, axis=1) / 2,
        textures=textures,
        outward=outward(corners, welded),
    )


def _uvs(given: MeshObject) -> Floats:
    return np.zeros((len(given.faces), 3, 2)) if given.uvs is None else given.uvs.astype(np.float64)


def _welded(scene: Scene) -> Ints:
    """Vertex ids (F, 3) that are equal where positions of one object are."""
    parts, taken = [], 0
    for each in scene.objects:
        step = max(float(np.ptp(each.positions, axis=0).max()), 1e-30) * _WELD_SHARE
        _, ids = np.unique(np.round(each.positions / step).astype(np.int64), axis=0, return_inverse=True)
        parts.append(ids.reshape(-1)[each.faces] + taken)
        taken += len(each.positions)
    return np.concatenate(parts)


def _smooth(welded: Ints, cross: Floats, normals: Floats) -> Floats:
    """Area-weighted vertex normals, the face's own where it meets the others at a crease."""
    count = int(welded.max()) + 1
    sums: Floats = np.stack(
        [np.bincount(welded.ravel(), np.repeat(cross[:, axis], 3), count) for axis in range(3)], axis=1
    )
    smooth = unit(sums)[welded]
    own = np.broadcast_to(normals[:, None], smooth.shape)
    found: Floats = np.where((dot(smooth, own) >= _CREASE_COSINE)[..., None], smooth, own)
    return found
