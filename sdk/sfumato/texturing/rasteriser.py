"""Which face is seen in which pixel, and how far away it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sfumato.texturing.arrays import Bools, Floats, Ints, dot
from sfumato.texturing.cameras import Camera
from sfumato.texturing.clipping import clipped
from sfumato.texturing.scanlines import scan
from sfumato.texturing.surface import Surface


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a camera sees: `face` (H, W), -1 where it sees nothing, and `depth` (H, W) along its axis, inf there.

    `planes` (F, 3) give the nearness of every face's plane as a * x + b * y + c over the picture.
    """

    camera: Camera
    face: Ints
    depth: Floats
    planes: Floats

    @property
    def mask(self) -> Bools:
        """Where the camera sees a surface, (H, W)."""
        return self.face >= 0


def rasterise(surface: Surface, camera: Camera) -> Frame:
    """What the camera sees of the surface; faces that are only seen from outside hide nothing with their backs."""
    seen = camera.seen(surface.corners)
    faces = np.flatnonzero((surface.outward == 0) | (_front(surface, camera) > 0))
    triangles, of_face = clipped(seen[faces], camera.near)
    of_face = faces[of_face]
    planes = _planes(seen, camera)
    width, height = camera.width_px, camera.height_px
    nearest, face = np.full(width * height, -np.inf), np.full(width * height, -1, np.int32)
    reach = camera.nearness(triangles[..., 2])
    low, high = reach.min(axis=1, initial=np.inf), reach.max(axis=1, initial=-np.inf)
    for cells in scan(camera.pixels(triangles), width, height):
        plane = planes[of_face[cells.triangle]]
        found = plane[:, 0] * (cells.column + 0.5) + plane[:, 1] * (cells.row + 0.5) + plane[:, 2]
        found = np.clip(found, low[cells.triangle], high[cells.triangle])
        _keep_nearest(nearest, face, cells.row * width + cells.column, found, of_face[cells.triangle])
    depth = np.full(width * height, np.inf)
    depth[face >= 0] = camera.depth(nearest[face >= 0])
    return Frame(camera=camera, face=face.reshape(height, width), depth=depth.reshape(height, width), planes=planes)


def _keep_nearest(nearest: Floats, face: Ints, pixel: Ints, found: Floats, of_face: Ints) -> None:
    """Of the fragments, the nearest of every pixel stays; of equals the first face does."""
    nearer = np.flatnonzero(found > nearest[pixel])
    order = nearer[np.argsort(-found[nearer], kind="stable")[::-1]]
    nearest[pixel[order]] = found[order]
    face[pixel[order]] = of_face[order]


def _front(surface: Surface, camera: Camera) -> Floats:
    """Over 0 for faces whose front is towards the camera, (F,)."""
    if camera.height_units is not None:
        found: Floats = -(surface.normals @ camera.axes[2])
        return found
    return dot(surface.normals, camera.position - surface.corners[:, 0])


def _planes(seen: Floats, camera: Camera) -> Floats:
    """The coefficients of every face's nearness, (F, 3), from its corners in camera axes (F, 3, 3)."""
    normal = np.cross(seen[:, 1] - seen[:, 0], seen[:, 2] - seen[:, 0])
    offset = dot(normal, seen[:, 0])
    x, y = camera.centre_px
    right, up = normal[:, 0] / camera.focal_px, -normal[:, 1] / camera.focal_px
    with np.errstate(divide="ignore", invalid="ignore"):
        if camera.height_units is None:
            planes = np.stack([right, up, normal[:, 2] - right * x - up * y], axis=1) / offset[:, None]
        else:
            planes = np.stack([right, up, -offset - right * x - up * y], axis=1) / normal[:, 2:]
    # A face seen exactly edge-on has no such plane; what its pixels get is bounded by its corners.
    return np.nan_to_num(planes, nan=0.0, posinf=0.0, neginf=0.0)
