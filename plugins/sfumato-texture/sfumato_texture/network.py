"""The network of `texture.maps`: a small U-Net of convolutions only, so that each pixel knows its surroundings alone.

Nothing in it looks at the whole picture (no attention, no normalisation over space). A window with `REACH_PX` around
it therefore gives exactly what the whole picture gives, and a picture that wraps around gives maps that do.
"""

from __future__ import annotations

import itertools
from typing import Final, Literal

import torch
from torch import nn
from torch.nn import functional as F

FOLD: Final = 2
"""Pixels are folded by this into channels first: four times cheaper, and relief is rarely finer."""
WIDTHS: Final = (32, 64, 96, 128)
BLOCKS: Final = (1, 1, 2, 3)
DARKEST: Final = 0.05
"""Light multiplies colour: the network reads logarithms, in which relief looks the same in light and in dark paint.
In what is darker than this, they would show little more than the rounding to 8 bits."""
MEAN_LOG: Final = -1.2
DEVIATION_LOG: Final = 0.7
LEAK: Final = 0.1
"""What is below zero still learns: plain rectifiers died in training, and left a network that says flat everywhere."""
OUTPUTS: Final = 7
"""Albedo less the picture (3), slopes d/dx and d/dy, height, roughness."""
STRIDE_PX: Final = FOLD * 2 ** (len(WIDTHS) - 1)
"""Shifting the picture by so many pixels shifts the maps, and nothing else."""
REACH_PX: Final = 208
"""No pixel further away than this has an effect. A multiple of the stride, so that windows lie as the whole does."""

Padding = Literal["zeros", "circular"]


class Block(nn.Module):
    """Two convolutions beside the identity; the second one starts at zero. He et al. 2016, Identity Mappings."""

    def __init__(self, width: int, padding: Padding) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1, padding_mode=padding)
        self.second = nn.Conv2d(width, width, 3, padding=1, padding_mode=padding)
        nn.init.kaiming_normal_(self.first.weight)
        nn.init.zeros_(self.second.weight)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """(B, width, h, w) to the same."""
        residual: torch.Tensor = self.second(F.leaky_relu(self.first(F.leaky_relu(hidden, LEAK)), LEAK))
        return hidden + residual


class MapNetwork(nn.Module):
    """Pictures (B, 3, H, W) in 0..1 to raw maps (B, OUTPUTS, H, W); H and W are multiples of STRIDE_PX.

    With circular padding, pictures wrap around on both axes.
    """

    def __init__(self, padding: Padding = "zeros") -> None:
        super().__init__()
        self.enter = nn.Conv2d(3 * FOLD**2, WIDTHS[0], 3, padding=1, padding_mode=padding)
        self.down_blocks = nn.ModuleList(_blocks(*each, padding) for each in zip(WIDTHS, BLOCKS, strict=True))
        pairs = list(itertools.pairwise(WIDTHS))
        self.downs = nn.ModuleList(nn.Conv2d(fine, coarse, 2, stride=2) for fine, coarse in pairs)
        self.ups = nn.ModuleList(nn.Conv2d(coarse, fine, 1) for fine, coarse in pairs)
        self.up_blocks = nn.ModuleList(_blocks(*each, padding) for each in zip(WIDTHS[:-1], BLOCKS, strict=False))
        self.leave = nn.Conv2d(WIDTHS[0], OUTPUTS * FOLD**2, 3, padding=1, padding_mode=padding)
        for beside in (self.enter, *self.downs, *self.ups):
            nn.init.kaiming_normal_(beside.weight, nonlinearity="linear")
        nn.init.normal_(self.leave.weight, std=0.01)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """The raw maps, in float32."""
        logarithms = ((pictures + DARKEST).log() - MEAN_LOG) / DEVIATION_LOG
        hidden = self.enter(F.pixel_unshuffle(logarithms, FOLD))
        skips = []
        for blocks, down in zip(self.down_blocks, self.downs, strict=False):
            hidden = blocks(hidden)
            skips.append(hidden)
            hidden = down(hidden)
        hidden = self.down_blocks[-1](hidden)
        for up, blocks in zip(reversed(self.ups), reversed(self.up_blocks), strict=True):
            hidden = blocks(skips.pop() + F.interpolate(up(hidden), scale_factor=2))
        # Slopes are differences of a few thousandths: bfloat16 would round them away.
        with torch.autocast(hidden.device.type, enabled=False):
            return F.pixel_shuffle(self.leave(F.leaky_relu(hidden, LEAK).to(self.leave.weight.dtype)), FOLD)


def _blocks(width: int, count: int, padding: Padding) -> nn.Sequential:
    return nn.Sequential(*(Block(width, padding) for _ in range(count)))
