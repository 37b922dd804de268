"""Making a picture wrap around: its wrap line is covered by a strip of itself, and what still differs is evened out.

Perez et al. 2003, Poisson Image Editing, eq. 3: the steps from pixel to pixel are kept, the levels follow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from sfumato_texture.measures import wraps
from sfumato_texture.poisson import solve
from sfumato_texture.quilting import Picture, best_patch

LEVEL_WEIGHT: Final = 1e-5
"""Levels may drift over some 2,000 px: a slope of light over the whole picture goes, shades of the material stay."""
LEAST_PX: Final = 24
"""Narrower pictures have no room for a strip: only their levels are evened out."""


def make_tileable(
    picture: Picture, axes: str, *, strip: float = 0.4, progress: Callable[[float], None] = lambda share: None
) -> Picture:
    """The picture (H, W, C) in 0..1 made to wrap around on the axes named in `axes`, its size kept.

    `strip` is the width of the strip that covers the wrap line, as a share of the picture. An axis that wraps around
    already stays as it is, and goes on wrapping around when the other one is worked on.
    """
    wrapping = {name: wraps(picture, axis) for name, axis in (("x", 1), ("y", 0))}
    open_axes = [name for name in axes if not wrapping[name]]
    for place, name in enumerate(open_axes):

        def partly(share: float, place: int = place) -> None:
            progress((place + share) / len(open_axes))

        turned = picture if name == "x" else picture.transpose(1, 0, 2)
        turned = _wrapped(turned, strip, periodic=wrapping["y" if name == "x" else "x"], progress=partly)
        picture = np.ascontiguousarray(turned if name == "x" else turned.transpose(1, 0, 2))
        wrapping[name] = True
    return picture


def _wrapped(picture: Picture, strip: float, *, periodic: bool, progress: Callable[[float], None]) -> Picture:
    """The picture with right and left made to meet; top and bottom go on meeting if `periodic`."""
    half = picture.shape[1] // 2
    rolled = np.roll(picture, half, axis=1)
    across, down = _steps(rolled, 1), _steps(rolled, 0)
    across[:, half - 1] = 0
    if picture.shape[1] >= LEAST_PX:
        width = max(9, round(strip * picture.shape[1]))
        patch = best_patch(rolled, picture, width, periodic=periodic, progress=progress)
        where = slice(patch.left, patch.left + patch.pixels.shape[1])
        levels = rolled.copy()
        levels[:, where][patch.holds] = patch.pixels[patch.holds]
        _replace_steps(across[:, where], _steps(patch.pixels, 1), patch.holds, axis=1)
        _replace_steps(down[:, where], _steps(patch.pixels, 0), patch.holds, axis=0)
        rolled = levels
    solved = _solved(across, down, rolled, tile="xy" if periodic else "x")
    return np.roll(np.clip(solved, 0, 1), -half, axis=1)


def _steps(picture: Picture, axis: int) -> Picture:
    """From each pixel to the next one, around the torus."""
    return np.roll(picture, -1, axis) - picture


def _replace_steps(steps: Picture, of_patch: Picture, holds: NDArray[np.bool_], axis: int) -> None:
    """The patch's own steps within it; along the cut, the mean of both."""
    share = ((holds.astype(np.float32) + np.roll(holds, -1, axis)) / 2)[:, :, None]
    steps += (of_patch - steps) * share


def _solved(across: Picture, down: Picture, levels: Picture, tile: str) -> Picture:
    slopes = torch.from_numpy(np.stack([across, down]).transpose(3, 0, 1, 2).copy())
    guide = torch.from_numpy(levels.transpose(2, 0, 1)[:, None].copy())
    solved = solve(slopes, guide, weight=LEVEL_WEIGHT, tile=tile, scheme="forward")
    picture: Picture = solved[:, 0].permute(1, 2, 0).contiguous().numpy()
    return picture
