"""What the network says about a picture, as a surface: albedo, relief and roughness.

The network names slopes and, roughly, heights. The relief is the one surface that fits both best, so that a normal
map taken from it belongs to a height map, and errors that no surface could have fall away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import load_file

from sfumato_texture.network import OUTPUTS, REACH_PX, STRIDE_PX, MapNetwork, Padding
from sfumato_texture.poisson import solve
from sfumato_texture.relief import RELIEF_PX, pad
from sfumato_texture.resizing import resized

WEIGHTS: Final = Path(__file__).parent / "weights" / "maps.safetensors"
GUIDE_WEIGHT: Final = 0.01
"""Features wider than about 60 px follow the named heights, finer ones the slopes."""
#: Of the network's outputs, slopes and rough heights.
_RELIEF: Final = slice(3, 6)
WINDOW_PX: Final = 768
LARGEST_WHOLE_PX: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """Maps of B pictures: albedo (B, 3, H, W) and roughness (B, 1, H, W) in 0..1, relief (B, 1, H, W) in pixels."""

    albedo: torch.Tensor
    relief_px: torch.Tensor
    roughness: torch.Tensor


def interpret(raw: torch.Tensor, pictures: torch.Tensor, tile: str, magnification: float = 1.0) -> Surface:
    """The surface behind the network's raw maps (B, OUTPUTS, H, W) of pictures (B, 3, H, W) in 0..1."""
    guide_px = RELIEF_PX * magnification * (raw[:, 5:6] + 0.5)
    relief_px = solve(raw[:, 3:5], guide_px, weight=GUIDE_WEIGHT / magnification**2, tile=tile)
    return Surface(albedo=pictures + raw[:, :3], relief_px=relief_px, roughness=raw[:, 6:] + 0.5)


@cache
def shipped_network(padding: Padding = "zeros") -> MapNetwork:
    """The network with the weights that ship with the plugin."""
    # Without memory, there is nothing to fill: a fresh network would draw its weights from everybody's generator.
    with torch.device("meta"):
        network = MapNetwork(padding)
    network.load_state_dict({name: value.float() for name, value in load_file(WEIGHTS).items()}, assign=True)
    return network.eval()


@torch.inference_mode()
def read(picture: torch.Tensor, tile: str, progress: Callable[[float], None], magnification: float = 1.0) -> Surface:
    """The surface of one picture (1, 3, H, W) in 0..1 of any size, which is `magnification` times what it was once."""
    raw = _read(picture, tile, progress)
    if magnification > 1:
        raw[:, _RELIEF] += _broad_shapes(picture, raw[:, _RELIEF], tile, magnification)
    progress(1.0)
    return interpret(raw, picture, tile, magnification)


def _broad_shapes(picture: torch.Tensor, raw: torch.Tensor, tile: str, magnification: float) -> torch.Tensor:
    """What the network says of the relief at the picture's former size beyond what it says (1, 3, H, W) at this one.

    It knows materials at the size that they were drawn at: of an enlarged picture it sees the finest detail alone.
    """
    height_px, width_px = picture.shape[-2:]
    former_px = max(1, round(height_px / magnification)), max(1, round(width_px / magnification))
    told = _read(resized(picture, former_px, tile), tile, lambda share: None)[:, _RELIEF]
    return resized(told - resized(raw, former_px, tile), (height_px, width_px), tile)


def _read(picture: torch.Tensor, tile: str, progress: Callable[[float], None]) -> torch.Tensor:
    """The raw maps (1, OUTPUTS, H, W) of one picture.

    One that wraps around is read whole where the network's strides fit into it and memory allows, else in windows:
    the maps are the same.
    """
    height_px, width_px = picture.shape[-2:]
    fits = max(height_px, width_px) <= LARGEST_WHOLE_PX and not (height_px % STRIDE_PX or width_px % STRIDE_PX)
    if "x" in tile and "y" in tile and fits:
        progress(0.0)
        raw: torch.Tensor = shipped_network("circular")(picture)
        return raw
    return _read_in_windows(picture, tile, progress)


def _read_in_windows(picture: torch.Tensor, tile: str, progress: Callable[[float], None]) -> torch.Tensor:
    """The raw maps (1, OUTPUTS, H, W), each window read with so much around it as the network sees."""
    height_px, width_px = picture.shape[-2:]
    padded = pad(picture, REACH_PX, tile)
    raw = picture.new_zeros(1, OUTPUTS, height_px, width_px)
    corners = [(top, left) for top in range(0, height_px, WINDOW_PX) for left in range(0, width_px, WINDOW_PX)]
    for place, (top, left) in enumerate(corners):
        progress(place / len(corners))
        bottom, right = min(top + WINDOW_PX, height_px), min(left + WINDOW_PX, width_px)
        window = padded[..., top : bottom + 2 * REACH_PX, left : right + 2 * REACH_PX]
        read_px = shipped_network()(_filled(window))[..., REACH_PX:, REACH_PX:]
        raw[..., top:bottom, left:right] = read_px[..., : bottom - top, : right - left]
    return raw


def _filled(window: torch.Tensor) -> torch.Tensor:
    """The window, grown to the right and below to multiples of the stride."""
    down, right = (-count % STRIDE_PX for count in window.shape[-2:])
    return torch.nn.functional.pad(window, (0, right, 0, down), mode="replicate")
