"""Solids as distance functions: points (N, 3) in the solid's own axes to signed distances (N), about 1 in reach.

Most follow Inigo Quilez, "3D SDFs". What is held out is never trained on: the evaluation is to show new shapes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sfumato.ground.materials.fields import Field as Floats

Distance = Callable[[Floats, Floats], Floats]
"""Points (N, 3) and the solid's own proportions (4), each in 0..1, to distances (N)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solid:
    """A shape of KINDS at `centre` (3), turned by `axes` (3, 3, its own axes as rows), `size` units in reach."""

    kind: str
    centre: Floats
    axes: Floats
    size: float
    proportions: Floats

    def local(self, points: Floats) -> Floats:
        """Points in the solid's own axes and size."""
        found: Floats = (points - self.centre) @ self.axes.T / np.float32(self.size)
        return found

    def distance(self, points: Floats) -> Floats:
        """The distance from points (N, 3), (N)."""
        return KINDS[self.kind](self.local(points), self.proportions) * np.float32(self.size)


def _length(points: Floats) -> Floats:
    found: Floats = np.sqrt(np.einsum("ni,ni->n", points, points))
    return found


def _extruded(flat: Floats, height: Floats) -> Floats:
    """From distances in a plane and beyond the height to distances in space."""
    outside = np.hypot(np.maximum(flat, 0), np.maximum(height, 0))
    found: Floats = np.minimum(np.maximum(flat, height), 0) + outside
    return found


def _to_box(points: Floats, half: Floats) -> Floats:
    beyond = np.abs(points) - half
    found: Floats = _length(np.maximum(beyond, 0)) + np.minimum(beyond.max(axis=1), 0)
    return found


def _sphere(points: Floats, _: Floats) -> Floats:
    return _length(points) - np.float32(0.9)


def _ellipsoid(points: Floats, shape: Floats) -> Floats:
    radii = 0.4 + 0.6 * shape[:3]
    inner, outer = _length(points / radii), _length(points / radii**2)
    return inner * (inner - 1) / np.maximum(outer, np.float32(1e-4))


def _box(points: Floats, shape: Floats) -> Floats:
    return _to_box(points, 0.3 + 0.5 * shape[:3])


def _rounded_box(points: Floats, shape: Floats) -> Floats:
    radius = np.float32(0.08 + 0.2 * shape[3])
    return _to_box(points, 0.2 + 0.45 * shape[:3]) - radius


def _plate(points: Floats, shape: Floats) -> Floats:
    return _to_box(points, np.array([0.8, 0.06 + 0.08 * shape[0], 0.4 + 0.4 * shape[1]], np.float32))


def _cylinder(points: Floats, shape: Floats) -> Floats:
    flat = np.hypot(points[:, 0], points[:, 2]) - (0.3 + 0.5 * shape[0])
    return _extruded(flat, np.abs(points[:, 1]) - (0.3 + 0.6 * shape[1]))


def _capsule(points: Floats, shape: Floats) -> Floats:
    half = 0.3 + 0.4 * shape[0]
    along = points[:, 1] - np.clip(points[:, 1], -half, half)
    found: Floats = _length(np.stack([points[:, 0], along, points[:, 2]], axis=1)) - (0.25 + 0.2 * shape[1])
    return found


def _torus(points: Floats, shape: Floats) -> Floats:
    ring = np.hypot(points[:, 0], points[:, 2]) - np.float32(0.68)
    found: Floats = np.hypot(ring, points[:, 1]) - (0.12 + 0.18 * shape[0])
    return found


def _cone(points: Floats, shape: Floats) -> Floats:
    radius, half = 0.5 + 0.3 * shape[0], np.float32(0.8)
    slope = np.arctan2(radius, 2 * half)
    side = (np.hypot(points[:, 0], points[:, 2]) - radius * (half - points[:, 1]) / (2 * half)) * np.cos(slope)
    found: Floats = np.maximum(side, np.abs(points[:, 1]) - half)
    return found


def _hexagon(points: Floats, shape: Floats) -> Floats:
    across = np.abs(points[:, [0, 2]]) @ np.array([[1.0, 0.5], [0.0, 0.8660254]], np.float32)
    return _extruded(across.max(axis=1) - (0.4 + 0.3 * shape[0]), np.abs(points[:, 1]) - (0.2 + 0.6 * shape[1]))


def _blob(points: Floats, shape: Floats) -> Floats:
    """Three balls that melt into one another."""
    places = np.array([[-0.4, 0, 0.1], [0.35, 0.25, -0.1], [0.1, -0.4, 0.2]], np.float32)
    balls = [_length(points - place) - 0.3 - 0.25 * share for place, share in zip(places, shape[:3], strict=True)]
    near = np.exp(np.stack(balls) * np.float32(-8)).sum(axis=0)
    found: Floats = -np.log(np.maximum(near, np.float32(1e-30))) / np.float32(8)
    return found


def _octahedron(points: Floats, _: Floats) -> Floats:
    found: Floats = (np.abs(points).sum(axis=1) - np.float32(0.95)) * np.float32(0.57735027)
    return found


def _link(points: Floats, shape: Floats) -> Floats:
    """A link of a chain."""
    along = np.maximum(np.abs(points[:, 0]) - (0.2 + 0.25 * shape[0]), 0)
    found: Floats = np.hypot(np.hypot(along, points[:, 1]) - np.float32(0.4), points[:, 2]) - (0.1 + 0.08 * shape[1])
    return found


def _gear(points: Floats, shape: Floats) -> Floats:
    """A flower-like prism with five to eight lobes."""
    angle = np.arctan2(points[:, 2], points[:, 0]) * np.round(5 + 3 * shape[0])
    flat = (np.hypot(points[:, 0], points[:, 2]) - 0.62 - 0.16 * np.cos(angle)) * np.float32(0.6)
    return _extruded(flat, np.abs(points[:, 1]) - (0.2 + 0.3 * shape[1]))


def _arch(points: Floats, shape: Floats) -> Floats:
    """A block with a round doorway."""
    block = _to_box(points, np.array([0.75, 0.75, 0.25 + 0.3 * shape[0]], np.float32))
    width = 0.3 + 0.2 * shape[1]
    bent = np.hypot(points[:, 0], np.maximum(points[:, 1], 0)) - width
    found: Floats = np.maximum(block, -bent)
    return found


def _bowl(points: Floats, shape: Floats) -> Floats:
    """A hollow half ball, open upwards."""
    shell = np.abs(_length(points) - np.float32(0.75)) - (0.06 + 0.08 * shape[0])
    found: Floats = np.maximum(shell, points[:, 1] - (0.3 * shape[1] - 0.1))
    return found


def _wedge(points: Floats, shape: Floats) -> Floats:
    """A ramp."""
    slanted = (points[:, 1] + points[:, 0] * (0.4 + 0.5 * shape[0])) * np.float32(0.74)
    found: Floats = np.maximum(_to_box(points, np.array([0.8, 0.6, 0.5], np.float32)), slanted)
    return found


TRAINED: dict[str, Distance] = {
    "sphere": _sphere, "ellipsoid": _ellipsoid, "box": _box, "rounded box": _rounded_box, "plate": _plate,
    "cylinder": _cylinder, "capsule": _capsule, "torus": _torus, "cone": _cone, "hexagon": _hexagon, "blob": _blob,
}  # fmt: skip
HELD_OUT: dict[str, Distance] = {
    "octahedron": _octahedron, "link": _link, "gear": _gear, "arch": _arch, "bowl": _bowl, "wedge": _wedge,
}  # fmt: skip
KINDS: dict[str, Distance] = TRAINED | HELD_OUT
