"""Random scenes of solids, before nothing, on a floor, or in a room, and the camera that looks at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sfumato.ground.depth.solids import HELD_OUT, TRAINED, Solid
from sfumato.ground.materials.fields import Field as Floats

SETTINGS = ("nothing", "floor", "wall", "room")
SETTING_SHARES = (0.5, 0.2, 0.1, 0.2)
SPLITS = {"train": tuple(TRAINED), "held_out": tuple(HELD_OUT)}
"""The kinds of solid of each split."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """An endless wall: points with `normal` (3) @ p = `offset`."""

    normal: Floats
    offset: float

    def distance(self, points: Floats) -> Floats:
        """The distance from points (N, 3), (N)."""
        found: Floats = points @ self.normal - np.float32(self.offset)
        return found

    def local(self, points: Floats) -> Floats:
        """The world's own axes."""
        return points


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Bodies seen from `eye` (3) along `axes` (3, 3: right, up, forward), `fov_deg` high."""

    bodies: tuple[Solid | Plane, ...]
    eye: Floats
    axes: Floats
    fov_deg: float

    @property
    def distance_to_centre(self) -> float:
        """Units from the eye to the origin, around which the solids are."""
        return float(np.linalg.norm(self.eye))


def draw_scene(split: str, rng: np.random.Generator) -> Scene:
    """A random scene of one split: one solid that fills the picture, or up to six."""
    setting = SETTINGS[int(rng.choice(4, p=SETTING_SHARES))]
    count = 1 if rng.random() < 0.45 else int(rng.integers(2, 7))
    solids = _solids(SPLITS[split], count, rng)
    lowest = min(float(each.centre[1] - 0.75 * each.size) for each in solids)
    fov_deg = float(rng.uniform(25, 55))
    eye, axes = _camera(fov_deg, setting, rng)
    return Scene(bodies=(*solids, *_planes(setting, lowest, axes)), eye=eye, axes=axes, fov_deg=fov_deg)


def _solids(kinds: Sequence[str], count: int, rng: np.random.Generator) -> list[Solid]:
    sizes = rng.uniform(0.8, 1.05, 1) if count == 1 else rng.uniform(0.3, 0.7, count)
    centres = rng.uniform(-0.75, 0.75, (count, 3)) * (0.1 if count == 1 else 1.0)
    return [
        Solid(
            kind=kinds[int(rng.integers(len(kinds)))],
            centre=centre.astype(np.float32),
            axes=_turn(rng),
            size=float(size),
            proportions=rng.random(4, dtype=np.float32),
        )
        for centre, size in zip(centres, sizes, strict=True)
    ]


def _turn(rng: np.random.Generator) -> Floats:
    """Often upright, for so things stand; else any rotation."""
    if rng.random() < 0.5:
        angle = rng.uniform(0, 2 * np.pi)
        c, s = np.cos(angle), np.sin(angle)
        return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]], np.float32)
    q = rng.normal(size=4)
    w, x, y, z = q / np.linalg.norm(q)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ],
        np.float32,
    )


def _camera(fov_deg: float, setting: str, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """From all around; above the floor where there is one. So far away that the solids fill most of the picture."""
    bearing = rng.uniform(0, 2 * np.pi)
    tilt = rng.uniform(0.1, 0.8) if setting in ("floor", "room") else rng.uniform(-0.6, 0.9)
    towards = np.array([np.cos(tilt) * np.sin(bearing), np.sin(tilt), np.cos(tilt) * np.cos(bearing)])
    distance = rng.uniform(0.65, 1.2) / np.tan(np.radians(fov_deg) / 2) + 0.4
    right = np.cross(-towards, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    axes = np.stack([right, np.cross(right, -towards), -towards])
    return (towards * distance).astype(np.float32), axes.astype(np.float32)


def _planes(setting: str, lowest: float, axes: Floats) -> list[Plane]:
    """The floor lies under the solids; walls stand behind them, as the camera sees it."""
    floor = Plane(normal=np.array([0, 1, 0], np.float32), offset=lowest)
    ahead = axes[2] * np.array([1, 0, 1], np.float32)
    ahead /= np.linalg.norm(ahead)
    across = np.array([ahead[2], 0, -ahead[0]], np.float32)
    corner = [Plane(normal=(-(ahead + turn * across) / np.sqrt(2)).astype(np.float32), offset=-1.3) for turn in (-1, 1)]
    walls = {"wall": [Plane(normal=-axes[2], offset=-1.1)], "room": [floor, *corner], "floor": [floor]}
    return walls.get(setting, [])
