"""Relief: heights in pixels, and everything that follows from them alone: slopes, normals, occlusion.

Since normals and occlusion are taken from the height map, the three always agree.
"""

from __future__ import annotations

import math
from typing import Final, Literal

import torch
from torch.nn import functional as F

RELIEF_PX: Final = 12.0
"""How many pixels high a height of 1 is, as in the materials that the network learned from."""

Convention = Literal["opengl", "directx"]
"""Whether green points up the picture, or down."""


def slopes(relief_px: torch.Tensor, tile: str) -> torch.Tensor:
    """Central differences d/dx and d/dy (B, 2, H, W) of (B, 1, H, W), which ends flat where it does not wrap."""
    padded = pad(relief_px, 1, tile)
    across = (padded[..., 1:-1, 2:] - padded[..., 1:-1, :-2]) / 2
    down = (padded[..., 2:, 1:-1] - padded[..., :-2, 1:-1]) / 2
    return torch.cat([across, down], 1)


def normals(slopes_xy: torch.Tensor) -> torch.Tensor:
    """Unit vectors (B, 3, H, W): x to the right, y down the picture, z out of it."""
    length = (1 + slopes_xy.square().sum(1, keepdim=True)).sqrt()
    return torch.cat([-slopes_xy, torch.ones_like(length)], 1) / length


def encoded(normals_xyz: torch.Tensor, convention: Convention) -> torch.Tensor:
    """Normals as colours in 0..1; in OpenGL's convention green is up."""
    up = -1.0 if convention == "opengl" else 1.0
    return normals_xyz * normals_xyz.new_tensor([1.0, up, 1.0])[:, None, None] / 2 + 0.5


def occlusion(height: torch.Tensor, tile: str, magnification: float = 1.0) -> torch.Tensor:
    """How open each place is, 0.55..1 (B, 1, H, W): lower the more it lies below its surroundings, at two radii."""
    near, far = (height - _blurred(height, sigma_px * magnification, tile) for sigma_px in (2.0, 7.0))
    return 1 + (1.3 * near + 0.8 * far).clamp(-0.45, 0.0)


def _blurred(height: torch.Tensor, sigma_px: float, tile: str) -> torch.Tensor:
    """Two box passes, as wide together as a Gaussian of `sigma_px`."""
    width = 2 * round(sigma_px * math.sqrt(1.5) - 0.5) + 1
    for _ in range(2):
        padded = pad(height, width // 2, tile)
        height = F.avg_pool2d(F.avg_pool2d(padded, (1, width), stride=1), (width, 1), stride=1)
    return height


def pad(pictures: torch.Tensor, margin_px: int, tile: str) -> torch.Tensor:
    """(B, C, H, W) with a margin: the other side's pixels on axes named in `tile`, else the mirror image."""
    for name, axis in (("x", -1), ("y", -2)):
        count = pictures.shape[axis]
        places = torch.arange(-margin_px, count + margin_px, device=pictures.device)
        if name in tile:
            places = places % count
        else:
            places = places % (2 * count)
            places = torch.minimum(places, 2 * count - 1 - places)
        pictures = pictures.index_select(axis, places)
    return pictures
