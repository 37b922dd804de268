"""From where to look: cameras chosen one after the other by the surface that each newly sees."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from sfumato.texturing.arrays import Floats, unit
from sfumato.texturing.cameras import Camera
from sfumato.texturing.projection import ANGLE_POWER, projection_of
from sfumato.texturing.rasteriser import rasterise
from sfumato.texturing.surface import Surface
from sfumato.texturing.texels import Texels

#: The directions that are tried, beside the six along the axes.
_DIRECTIONS: Final = 42
#: How many places of the surface, and how large a picture, decide what a camera sees.
_PLACES: Final = 12_000
_TRIAL_PX: Final = 224
#: A further camera has to see at least this share of the surface newly, or better by as much.
_LEAST_GAIN: Final = 0.004
#: The share of the picture that the object may fill.
_FILLED: Final = 0.94


def choose_cameras(surface: Surface, *, at_most: int, view_px: int, fov_deg: float = 40.0) -> list[Camera]:
    """Up to `at_most` square views of `view_px`, the one that sees most first, from the front where equals compete."""
    cameras = [framing(surface, way, view_px, fov_deg) for way in _directions()]
    places = places_on(surface)
    quality = np.stack([_quality(surface, places, camera.sized(_TRIAL_PX, _TRIAL_PX)) for camera in cameras])
    best = np.zeros(quality.shape[1])
    chosen: list[Camera] = []
    while len(chosen) < at_most:
        gains = np.maximum(quality - best, 0).mean(axis=1)
        number = int(np.argmax(gains))
        newly = float(((best == 0) & (quality[number] > 0)).mean())
        if chosen and max(newly, gains[number] / 2) < _LEAST_GAIN:
            break
        chosen.append(cameras[number])
        best = np.maximum(best, quality[number])
    return chosen


def framing(surface: Surface, way: Floats, view_px: int, fov_deg: float = 40.0) -> Camera:
    """A square view that looks at the whole surface against the direction `way` (3,), as near as it can."""
    centre, radius = surface.centre, max(surface.radius, 1e-9)
    settings: dict[str, Any] = {"width_px": view_px, "height_px": view_px, "fov_deg": fov_deg}
    far = Camera.looking(centre + unit(way) * 2 * radius, centre, **settings)
    points = far.seen(surface.corners.reshape(-1, 3))
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    points -= middle
    opening = np.tan(np.radians(fov_deg) / 2) * _FILLED
    away = float((np.abs(points[:, :2]).max(axis=1) / opening - points[:, 2]).max()) + radius * 1e-3
    target = far.position + middle @ far.axes
    return Camera(position=target - far.axes[2] * away, axes=far.axes, near=radius * 1e-3, **settings)


def places_on(surface: Surface, count: int = _PLACES) -> Texels:
    """Places spread evenly over the surface, as texels of no texture."""
    ends = np.cumsum(surface.areas)
    face = np.searchsorted(ends, (np.arange(count) + 0.5) / count * ends[-1])
    face = np.minimum(face, len(ends) - 1)
    spread = np.random.default_rng(0).random((count, 2))
    root = np.sqrt(spread[:, :1])
    weights = np.concatenate([1 - root, root * (1 - spread[:, 1:]), root * spread[:, 1:]], axis=1)
    return Texels(
        size_px=0,
        cell=np.arange(count),
        face=face,
        position=np.einsum("nc,nci->ni", weights, surface.corners[face]).astype(np.float32),
        normal=unit(np.einsum("nc,nci->ni", weights, surface.corner_normals[face])).astype(np.float32),
        index=np.zeros((0, 0, 0), np.int32),
        unit_px=np.zeros(len(ends)),
    )


def _quality(surface: Surface, places: Texels, camera: Camera) -> Floats:
    """How well each place is seen: the cosine of the angle, less at outlines, 0 where it is not seen."""
    found = np.zeros(len(places))
    seen = projection_of(rasterise(surface, camera), surface, places)
    found[seen.texel] = seen.trust ** (1 / ANGLE_POWER)
    return found


def _directions() -> Floats:
    """The front first, then the other axes, then directions spread evenly (Fibonacci's spiral), (D, 3)."""
    axes = [[0, 0, 1], [0, 0, -1], [1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]]
    number = np.arange(_DIRECTIONS) + 0.5
    up, turn = 1 - 2 * number / _DIRECTIONS, number * np.pi * (3 - np.sqrt(5))
    ring = np.sqrt(1 - up**2)
    spiral = np.stack([ring * np.sin(turn), up, ring * np.cos(turn)], axis=1)
    return np.concatenate([np.array(axes, float), spiral])
