"""Previews at next to no cost: a latent's channels are close to a linear map away from its mean colour."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional as F

from sfumato.engine.families.vae import PixelCodec


@dataclass(frozen=True, slots=True, kw_only=True)
class LatentRgb:
    """RGB in -1..1 = latents @ factors (C, 3) + bias (3,)."""

    factors: torch.Tensor
    bias: torch.Tensor

    @classmethod
    def stated(cls, stated: Mapping[str, Sequence[Any]]) -> LatentRgb:
        """From a model's own `{"factors": C rows of 3, "bias": 3 numbers}`."""
        return cls(factors=torch.tensor(stated["factors"]), bias=torch.tensor(stated["bias"]))

    @classmethod
    def fitted(cls, codec: PixelCodec, channels: int) -> LatentRgb:
        """The least-squares map from random latents to the mean colours that the VAE decodes them to."""
        latents = torch.randn(1, channels, 16, 16, generator=torch.Generator().manual_seed(0))
        colours = F.avg_pool2d(_result(codec.decode(latents.to(codec.device), "")), codec.factor).cpu()
        rows = latents[0].flatten(1).T
        ones = torch.ones(len(rows), 1)
        solved = torch.linalg.lstsq(torch.cat([rows, ones], dim=1), colours[0].flatten(1).T).solution
        return cls(factors=solved[:-1], bias=solved[-1])

    def picture(self, latents: torch.Tensor) -> torch.Tensor:
        """Latents (1, C, h, w) to a picture (h, w, 3) uint8."""
        rgb = latents[0].permute(1, 2, 0) @ self.factors.to(latents) + self.bias.to(latents)
        return ((rgb + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)


#: Stable Diffusion 1.x and 2.x: keturn 2022, "Decoding latents to RGB without upscaling", discuss.huggingface.co.
STABLE_DIFFUSION = LatentRgb(
    factors=torch.tensor(
        [[0.298, 0.207, 0.208], [0.187, 0.286, 0.173], [-0.158, 0.189, 0.264], [-0.184, -0.271, -0.473]]
    ),
    bias=torch.zeros(3),
)


def _result(work: Generator[None, None, torch.Tensor]) -> torch.Tensor:
    while True:
        try:
            next(work)
        except StopIteration as done:
            return torch.as_tensor(done.value)
