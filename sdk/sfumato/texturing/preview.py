"""What a painted scene looks like: rendered by the same rasteriser, lit by one light beside the camera."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sfumato.texturing import shading
from sfumato.texturing.arrays import Bytes, Floats, unit
from sfumato.texturing.cameras import Camera
from sfumato.texturing.mesh import Scene
from sfumato.texturing.rasteriser import rasterise
from sfumato.texturing.sampling import sample
from sfumato.texturing.surface import surface_of
from sfumato.texturing.texels import in_pile
from sfumato.texturing.viewpoints import framing

#: Where the light is in the camera's axes: to the left, above, behind it. And what it leaves in the shade.
_LIGHT = unit(np.array([-0.5, 0.6, 0.8]))
_SHADE = 0.35
_BACKGROUND = 0.16


def rendered(scene: Scene, textures: Sequence[Bytes], camera: Camera, *, lit: bool = True) -> Bytes:
    """The scene with its textures as the camera sees it, (H, W, 3); each pixel the mean of four."""
    surface = surface_of(scene)
    frame = rasterise(surface, camera.sized(camera.width_px * 2, camera.height_px * 2))
    pile = np.concatenate([each[..., :3] for each in textures]).astype(np.float32) / 255
    pixel, texture, uv = shading.uvs(frame, surface)
    light = np.ones((frame.face.size, 1))
    if lit:
        facing = shading.normals(frame, surface).reshape(-1, 3) @ _LIGHT
        light = _SHADE + (1 - _SHADE) * np.clip(facing[:, None], 0, 1)
    found = np.full((frame.face.size, 3), _BACKGROUND)
    found[pixel] = sample(pile, in_pile(texture, uv, textures[0].shape[0]), None)[0] * light[pixel]
    halves = found.reshape(camera.height_px, 2, camera.width_px, 2, 3).mean(axis=(1, 3))
    picture: Bytes = np.round(halves * 255).astype(np.uint8)
    return picture


def contact_sheet(scene: Scene, textures: Sequence[Bytes], *, picture_px: int = 384, lit: bool = True) -> Bytes:
    """Six renders in two rows, (2 * picture_px, 3 * picture_px, 3): around the scene, from above, and from below."""
    ways: Floats = np.array(
        [[0.3, 0.35, 1], [1, 0.35, 0.2], [-0.3, 0.35, -1], [-1, 0.35, 0.2], [0.1, 1, 0.4], [0.2, -1, 0.5]]
    )
    surface = surface_of(scene)
    shown = [rendered(scene, textures, framing(surface, way, picture_px), lit=lit) for way in ways]
    return np.concatenate([np.concatenate(shown[:3], axis=1), np.concatenate(shown[3:], axis=1)])
