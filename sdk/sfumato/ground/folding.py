"""Pixels folded into channels: what Ground's VAE reads and writes."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from sfumato.ground.layout import FOLD


def fold(pixels: torch.Tensor) -> torch.Tensor:
    """(B, 3, H, W) in -1..1 -> (B, 3 * FOLD**2, H / FOLD, W / FOLD)."""
    return F.pixel_unshuffle(pixels, FOLD)


def unfold(folded: torch.Tensor) -> torch.Tensor:
    """The inverse of `fold`."""
    return F.pixel_shuffle(folded, FOLD)


def to_pixels(images: torch.Tensor) -> torch.Tensor:
    """uint8 (B, H, W, 3) -> float (B, 3, H, W) in -1..1."""
    return images.permute(0, 3, 1, 2).float() / 127.5 - 1


def to_images(pixels: torch.Tensor) -> torch.Tensor:
    """The inverse of `to_pixels`, clipped."""
    return ((pixels.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1)
