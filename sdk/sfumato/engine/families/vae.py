"""Pixels to latents and back: an AutoencoderKL run layer by layer, so that it can be left at any time.

Layers are exact where tiles are not, and short enough: counted in operations, the costliest one of SD's decoder
takes 0.43 of a UNet evaluation of the same picture at 256 pixels and 0.27 at 1024. Only a picture whose activations
would fill the memory is cut into overlapping windows; GroupNorm then sees a window at a time, and blending hides it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable
from contextlib import nullcontext
from functools import partial
from typing import Any, Final

import torch
from torch import nn
from torch.nn import functional as F

from sfumato.engine.families.tiling import CircularPadding
from sfumato.engine.families.windows import cut, shares

#: The widest activation of one piece. A layer holds about three of its size; SD gets there at 1024x1024 pixels.
ACTIVATION_BYTES: Final = 2**30
#: In latent cells; the same quarter of a 512-pixel window that diffusers' tiled VAE takes.
OVERLAP: Final = 16

Stage = Callable[[torch.Tensor], torch.Tensor]


class PixelCodec:
    """An AutoencoderKL over pixels, or over pixels folded into channels as Ground's (`in_channels` = 3 * fold**2)."""

    def __init__(self, vae: Any, *, activation_bytes: int = ACTIVATION_BYTES) -> None:
        widths = vae.config.block_out_channels
        self.device: torch.device = vae.device
        self._fold = math.isqrt(vae.config.in_channels // 3)
        self._cell = 2 ** (len(widths) - 1)
        #: Pixels per latent along an axis.
        self.factor: int = self._fold * self._cell
        self._scale: float = vae.config.scaling_factor
        self._shift: float = vae.config.shift_factor or 0.0
        self._encoder = list(_encoder_stages(vae))
        self._decoder = list(_decoder_stages(vae))
        # Behind the last upsampling, the activations still have the width of the level below.
        cell_bytes = max(widths[:2]) * self._cell**2 * vae.dtype.itemsize
        self._window = max(math.isqrt(activation_bytes // cell_bytes), 2 * OVERLAP)

    def encode(self, pixels: torch.Tensor, tile: str) -> Generator[None, None, torch.Tensor]:
        """Pixels (1, 3, H, W) in -1..1 to the scaled mode of their latents (1, C, H/f, W/f)."""
        folded = F.pixel_unshuffle(pixels, self._fold)
        moments = yield from self._windowed(self._encoder, folded, tile, self._cell, 1)
        mean, _ = moments.chunk(2, dim=1)
        return (mean - self._shift) * self._scale

    def decode(self, latents: torch.Tensor, tile: str) -> Generator[None, None, torch.Tensor]:
        """Scaled latents (1, C, h, w) to pixels (1, 3, h * f, w * f) in -1..1."""
        raw = latents / self._scale + self._shift
        folded = yield from self._windowed(self._decoder, raw, tile, 1, self._cell)
        return F.pixel_shuffle(folded, self._fold).clamp(-1, 1)

    def _windowed(
        self, stages: list[Stage], source: torch.Tensor, tile: str, cell_in: int, cell_out: int
    ) -> Generator[None, None, torch.Tensor]:
        """Run `stages` over `source`, in one piece where it fits, else window by window."""
        height, width = source.shape[-2] // cell_in, source.shape[-1] // cell_in
        rows = cut(height, self._window, OVERLAP, wraps="y" in tile)
        columns = cut(width, self._window, OVERLAP, wraps="x" in tile)
        if len(rows) == len(columns) == 1:
            return (yield from _run(stages, source, tile))
        # An axis in one window still wraps around in the network; one that was cut does so in its windows.
        inner = "x" * (len(columns) == 1 and "x" in tile) + "y" * (len(rows) == 1 and "y" in tile)
        canvas: torch.Tensor | None = None
        for row, share_y in zip(rows, shares(rows, OVERLAP, cell_out), strict=True):
            for column, share_x in zip(columns, shares(columns, OVERLAP, cell_out), strict=True):
                piece = source[..., row.indices(cell_in)[:, None], column.indices(cell_in)]
                result = yield from _run(stages, piece, inner)
                if canvas is None:
                    canvas = result.new_zeros(*result.shape[:2], height * cell_out, width * cell_out)
                where = (..., row.indices(cell_out)[:, None], column.indices(cell_out))
                canvas[where] += result * (share_y[:, None] * share_x).to(result)
        assert canvas is not None
        return canvas


def _run(stages: Iterable[Stage], x: torch.Tensor, tile: str) -> Generator[None, None, torch.Tensor]:
    for stage in stages:
        with torch.no_grad(), CircularPadding(tile) if tile else nullcontext():
            x = stage(x)
        yield
    return x


def _encoder_stages(vae: Any) -> Generator[Stage, None, None]:
    """What `vae.encode` applies, in its order."""
    encoder = vae.encoder
    yield encoder.conv_in
    for block in encoder.down_blocks:
        yield from (partial(resnet, temb=None) for resnet in block.resnets)
        yield from block.downsamplers or ()
    yield encoder.mid_block
    yield nn.Sequential(encoder.conv_norm_out, encoder.conv_act, encoder.conv_out)
    if vae.config.use_quant_conv:
        yield vae.quant_conv


def _decoder_stages(vae: Any) -> Generator[Stage, None, None]:
    """What `vae.decode` applies, in its order."""
    decoder = vae.decoder
    if vae.config.use_post_quant_conv:
        yield vae.post_quant_conv
    yield decoder.conv_in
    yield decoder.mid_block
    for block in decoder.up_blocks:
        yield from (partial(resnet, temb=None) for resnet in block.resnets)
        yield from block.upsamplers or ()
    yield nn.Sequential(decoder.conv_norm_out, decoder.conv_act, decoder.conv_out)
