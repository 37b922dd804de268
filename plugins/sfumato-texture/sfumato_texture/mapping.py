"""From a picture to its maps as plain arrays, for who has a picture and no daemon."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from sfumato_texture import relief
from sfumato_texture.relief import RELIEF_PX, Convention
from sfumato_texture.surface import read

Map = NDArray[np.float32]
"""(H, W, 1 or 3) in 0..1."""


@torch.inference_mode()
def maps_of(
    pixels: Map,
    *,
    tile: str = "",
    strength: float = 1.0,
    convention: Convention = "opengl",
    magnification: float = 1.0,
    progress: Callable[[float], None] = lambda share: None,
) -> Mapping[str, Map]:
    """Albedo, height, normal, roughness and ambient occlusion of a picture (H, W, 1, 3 or 4) in 0..1, by name.

    `tile` names the axes on which the picture wraps around, "", "x", "y" or "xy"; `magnification`, from 1 on, is how
    many times it was enlarged. In the height map, 1 is `strength` * `magnification` * 12 px higher than 0; normals and
    occlusion are those of this height map.
    """
    colours = pixels[:, :, :3] if pixels.shape[2] >= 3 else np.repeat(pixels[:, :, :1], 3, axis=2)
    picture = torch.from_numpy(np.ascontiguousarray(colours.transpose(2, 0, 1))[None])
    surface = read(picture, tile, progress, magnification)
    reach_px = RELIEF_PX * magnification
    height = _fitted(surface.relief_px / reach_px)
    slopes = relief.slopes(height * (reach_px * strength), tile)
    made = {
        "albedo": surface.albedo,
        "height": height,
        "normal": relief.encoded(relief.normals(slopes), convention),
        "roughness": surface.roughness,
        "ambient-occlusion": relief.occlusion(height * strength, tile, magnification),
    }
    return {name: value[0].clamp(0, 1).permute(1, 2, 0).contiguous().numpy() for name, value in made.items()}


def _fitted(height: torch.Tensor) -> torch.Tensor:
    """Heights moved into 0..1 as far as they go in; the few that do not are cut off."""
    low, high = float(height.min()), float(height.max())
    above, below = max(0.0, high - 1), max(0.0, -low)
    moved = height + (below - above if not (above and below) else 0.5 - (low + high) / 2)
    return moved.clamp(0, 1)
