"""Inpainting and outpainting: what stays of a picture, as latents, as network input and as pixels.

A 4-channel network knows nothing of masks. The known latents are therefore put back, under the noise of the moment,
after each step (as diffusers' inpainting pipeline does) and before each evaluation within one. Under a soft mask,
each latent has a strength of its own: it is known for the share of the steps that the mask leaves out, and free from
then on (Levin and Fried 2023, Differential Diffusion, arXiv 2306.00950), so that structure is kept where little is
to change and the edge melts. A 9-channel network sees the mask itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from sfumato.recipe import Margins

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLatents:
    """The initial latents (1, C, h, w), the mask (1, 1, h, w) from 0 (stays) to 1 (is repainted), and the noise."""

    latents: torch.Tensor
    mask: torch.Tensor
    noise: torch.Tensor

    def pinned(self, x: torch.Tensor, sigma: float, progress: float) -> torch.Tensor:
        """Latents x at `sigma`, what is still known replaced. `progress` is the share of the steps that are done."""
        return torch.where(self._free(progress), x, self.latents + self.noise * sigma)

    def restored(self, denoised: torch.Tensor, progress: float) -> torch.Tensor:
        """The prediction with what is still known replaced."""
        return torch.where(self._free(progress), denoised, self.latents)

    def _free(self, progress: float) -> torch.Tensor:
        return (self.mask > 0) & (self.mask >= 1 - progress)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """The initial picture (H, W, 3) and, where only a part is repainted, the mask (H, W), 255 for repainted."""

    picture: Bytes
    mask: Bytes | None = None

    def grown(self, margins: Margins) -> Canvas:
        """The canvas with margins that are repainted.

        They hold the picture mirrored at its edges: neither a step nor a streak for the encoder to bleed over
        the border, and the right colours and grain where a strength below 1 starts from them.
        """
        sides = ((margins.top_px, margins.bottom_px), (margins.left_px, margins.right_px))
        mask = np.zeros(self.picture.shape[:2], np.uint8) if self.mask is None else self.mask
        return Canvas(
            picture=np.pad(self.picture, (*sides, (0, 0)), mode="symmetric"),
            mask=np.pad(mask, sides, constant_values=255),
        )

    def composite(self, painted: Bytes) -> Bytes:
        """The painted picture (H, W, 3) over this one by the mask; where that is 0, not one byte changes."""
        if self.mask is None:
            return painted
        share = self.mask[:, :, None].astype(np.uint16)  # 255 * 255 + 127 still fits
        mixed = (painted * share + self.picture * (255 - share) + 127) // 255
        return mixed.astype(np.uint8)


def mask_for_latents(mask: Bytes, height: int, width: int) -> torch.Tensor:
    """The mask (1, 1, h, w) for keeping latents: each cell is as free as its freest pixel, so a thin stroke counts.

    Equal to diffusers' wherever a mask lies on the grid of the latents; off it, diffusers takes one pixel of a cell.
    """
    return F.adaptive_max_pool2d(_as_share(mask), (height, width))


def mask_for_network(mask: Bytes, height: int, width: int) -> torch.Tensor:
    """The mask (1, 1, h, w) as 9-channel networks were trained on it: 0 or 1, the nearest pixel of each cell."""
    return F.interpolate((_as_share(mask) >= 0.5).float(), size=(height, width))


def hide(pixels: torch.Tensor, mask: Bytes) -> torch.Tensor:
    """Pixels (1, 3, H, W) as a 9-channel network gets them: 0, mid-grey, where the mask is at least half."""
    return pixels * (_as_share(mask) < 0.5).to(pixels)


def _as_share(mask: Bytes) -> torch.Tensor:
    return torch.from_numpy(mask.copy()).float().div(255)[None, None]  # (1, 1, H, W)
