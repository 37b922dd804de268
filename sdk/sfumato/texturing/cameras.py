"""Camera: from where a picture is seen, in perspective or orthographically."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from sfumato.texturing.arrays import Floats, unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A pinhole at `position` (3,), or a parallel projection where `height_units` is given instead of `fov_deg`.

    `axes` (3, 3) holds right, up and forward as rows, of unit length. Pixel centres are at (column + 0.5, row + 0.5)
    from the upper left; `shift_px` moves the picture's centre right and down. What is nearer than `near` is not seen.
    """

    position: Floats
    axes: Floats
    width_px: int
    height_px: int
    fov_deg: float = 40.0
    height_units: float | None = None
    near: float = 1e-3
    shift_px: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def looking(cls, position: Floats, target: Floats, **settings: Any) -> Self:
        """A camera at `position` that looks at `target`, with +Y up where that is possible."""
        forward = unit(np.asarray(target, float) - position)
        pole = np.array([0.0, 1.0, 0.0]) if abs(forward[1]) < 0.999 else np.array([0.0, 0.0, -np.sign(forward[1])])
        right = unit(np.cross(forward, pole))
        axes = np.stack([right, np.cross(right, forward), forward])
        return cls(position=np.asarray(position, float), axes=axes, **settings)

    @classmethod
    def of_matrix(cls, matrix: Floats, **settings: Any) -> Self:
        """From a camera's world matrix (4, 4) as OpenGL and Blender have it: it looks along its own -Z."""
        turn = unit(np.asarray(matrix, float)[:3, :3].T)
        axes = turn * np.array([[1.0], [1.0], [-1.0]])
        return cls(position=np.asarray(matrix, float)[:3, 3].copy(), axes=axes, **settings)

    def sized(self, width_px: int, height_px: int) -> Camera:
        """The same view, of another size in pixels."""
        x, y = self.shift_px
        shift = (x * width_px / self.width_px, y * height_px / self.height_px)
        return replace(self, width_px=width_px, height_px=height_px, shift_px=shift)

    @property
    def focal_px(self) -> float:
        """Pixels for one unit: at depth 1 in perspective, anywhere in a parallel projection."""
        if self.height_units is not None:
            return self.height_px / self.height_units
        return self.height_px / 2 / float(np.tan(np.radians(self.fov_deg) / 2))

    @property
    def centre_px(self) -> tuple[float, float]:
        """Where the forward axis meets the picture."""
        return self.width_px / 2 + self.shift_px[0], self.height_px / 2 + self.shift_px[1]

    def seen(self, points: Floats) -> Floats:
        """Points (..., 3) in the camera's own axes: right, up, forward."""
        found: Floats = (points - self.position.astype(points.dtype)) @ self.axes.T.astype(points.dtype)
        return found

    def pixels(self, seen: Floats) -> Floats:
        """Where points in the camera's axes (..., 3) appear, (..., 2) in pixels."""
        scale = self.focal_px / (1 if self.height_units is not None else seen[..., 2])
        x, y = self.centre_px
        return np.stack([x + seen[..., 0] * scale, y - seen[..., 1] * scale], axis=-1)

    def nearness(self, depth: Floats) -> Floats:
        """A measure that grows towards the camera and is linear over the picture on every plane."""
        return -depth if self.height_units is not None else 1 / depth

    def depth(self, nearness: Floats) -> Floats:
        """The inverse of `nearness`."""
        return -nearness if self.height_units is not None else 1 / nearness

    def pixel_units(self, depth: Floats) -> Floats:
        """The size of a pixel in units, at a depth."""
        return (np.ones_like(depth) if self.height_units is not None else depth) / self.focal_px

    def towards(self, points: Floats) -> Floats:
        """From points (..., 3) of the scene towards the camera, at unit length."""
        if self.height_units is not None:
            return np.broadcast_to(-self.axes[2].astype(points.dtype), points.shape)
        return unit(self.position.astype(points.dtype) - points)

    def points(self, pixels: Floats, depth: Floats) -> Floats:
        """Points (..., 3) of the scene behind places in the picture (..., 2), at a depth (...)."""
        x, y = self.centre_px
        scale = (1 if self.height_units is not None else depth) / self.focal_px
        seen = np.stack([(pixels[..., 0] - x) * scale, (y - pixels[..., 1]) * scale, depth], axis=-1)
        found: Floats = seen @ self.axes + self.position
        return found
