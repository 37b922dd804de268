"""Sphere tracing: from a scene to what a picture of it sees (Hart 1996)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sfumato.ground.depth.scenes import Scene
from sfumato.ground.depth.sight import Sight, relative
from sfumato.ground.materials.fields import Field as Floats

Ints = npt.NDArray[np.int64]
STEPS = 90
CAUTION = np.float32(0.9)
"""Some distances are only bounds; a shorter step never goes through."""
CLOSE = np.float32(0.0015)
FAR = 12.0
TEXTURE_SCALE = (0.75, 1.35)
"""How large a material's features are where the scene's centre is, in those of its flat picture."""


def look(scene: Scene, size_px: int, rng: np.random.Generator) -> Sight:
    """What a square picture of the scene sees."""
    rays, along = _rays(scene, size_px)
    travelled, body = _march(scene, rays)
    seen = body >= 0
    points = (scene.eye + rays * travelled[:, None])[seen]
    focal_px = size_px / 2 / np.tan(np.radians(scene.fov_deg) / 2)
    texels_per_unit = focal_px / scene.distance_to_centre / rng.uniform(*TEXTURE_SCALE)
    found = np.zeros((4, len(rays), 3), np.float32)
    normals = _normals(scene, points)
    turned = normals @ scene.axes.T
    found[0, seen] = turned * np.array([1, -1, -1], np.float32)
    found[1, seen], found[2, seen] = _worn(scene, points, normals, body[seen])
    depth = travelled * along
    slant = np.clip(-np.einsum("ni,ni->n", normals, rays[seen]), 0.1, 1)
    footprint = np.ones(len(rays), np.float32)
    footprint[seen] = depth[seen] / focal_px * texels_per_unit / np.sqrt(slant)
    shape = (size_px, size_px)
    return Sight(
        nearness=relative(1 / np.where(seen, depth, 1).reshape(shape), seen.reshape(shape)),
        normals=found[0].reshape(*shape, 3),
        places=(found[1] * np.float32(texels_per_unit)).reshape(*shape, 3),
        facing=found[2].reshape(*shape, 3),
        footprint=footprint.reshape(shape),
    )


def _rays(scene: Scene, size_px: int) -> tuple[Floats, Floats]:
    """Unit directions (N, 3), and how much of each goes along the camera's axis (N)."""
    reach = np.tan(np.radians(scene.fov_deg) / 2)
    ramp = ((np.arange(size_px) + 0.5) / size_px * 2 - 1) * reach
    right, up = (each.ravel() for each in np.meshgrid(ramp, -ramp))
    seen = np.stack([right, up, np.ones_like(right)], axis=1)
    seen /= np.linalg.norm(seen, axis=1, keepdims=True)
    return (seen @ scene.axes).astype(np.float32), seen[:, 2].astype(np.float32)


def _march(scene: Scene, rays: Floats) -> tuple[Floats, Ints]:
    """How far every ray goes (N), and which body it hits (N), -1 for none."""
    travelled = np.zeros(len(rays), np.float32)
    body = np.full(len(rays), -1)
    active = np.arange(len(rays))
    for _ in range(STEPS):
        points = scene.eye + rays[active] * travelled[active, None]
        distances = np.stack([each.distance(points) for each in scene.bodies])
        nearest = distances.min(axis=0)
        hit = nearest < CLOSE
        body[active[hit]] = distances[:, hit].argmin(axis=0)
        travelled[active[~hit]] += nearest[~hit] * CAUTION
        active = active[~hit & (travelled[active] < FAR)]
        if not len(active):
            break
    return travelled, body


def _normals(scene: Scene, points: Floats) -> Floats:
    """Of the scene's distance by differences at a tetrahedron's corners, (N, 3)."""
    corners = np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]], np.float32)
    found = np.zeros_like(points)
    for corner in corners:
        at = points + corner * np.float32(0.003)
        found += corner * np.min([each.distance(at) for each in scene.bodies], axis=0)[:, None]
    unit: Floats = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), np.float32(1e-9))
    return unit


def _worn(scene: Scene, points: Floats, normals: Floats, body: Ints) -> tuple[Floats, Floats]:
    """Places in units and normals, in the axes of the body that is seen; no two bodies show the same piece."""
    places, facing = points.copy(), normals.copy()
    for index, each in enumerate(scene.bodies):
        mine = body == index
        origin = each.local(np.zeros((1, 3), np.float32))
        axes = each.local(np.eye(3, dtype=np.float32)) - origin  # (3, 3): what a step along each axis is in the body's
        axes /= np.linalg.norm(axes, axis=1, keepdims=True)
        places[mine] = points[mine] @ axes + np.float32(1.7 * index)
        facing[mine] = normals[mine] @ axes
    return places, facing
