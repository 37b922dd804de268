"""A family without weights: the exact denoiser of Gaussian data, which honours everything that a call may bring."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Hashable, Mapping, Sequence
from typing import Any, Final

import torch
from torch.nn import functional as F

import sfumato.plugin as sf
from sfumato.catalogue import ModelCard

CARD: Final = ModelCard(
    id="stand-in",
    title="Stand-in",
    family="sfumato-testing.stand-in",
    architecture="sd1",
    prediction_type="epsilon",
    native_size_px=64,
)


def stable_diffusion(**changes: Any) -> sf.ModelSigmas:
    """The training levels of Stable Diffusion."""
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
    alphas = torch.cumprod(1 - betas, 0)
    levels = tuple(((1 - alphas) / alphas).sqrt().tolist())
    return sf.ModelSigmas(sigmas=levels, **{"prediction_type": "epsilon", "architecture": "sd1", **changes})


#: Named as in Stable Diffusion's UNet.
LAYERS: Final = {
    "down_blocks.0.attentions.0.transformer_blocks.0.attn1": "self-attention",
    "down_blocks.0.attentions.0.transformer_blocks.0.attn2": "cross-attention",
    "down_blocks.0.resnets.0": "block",
    "mid_block.resnets.0": "block",
    "mid_block.attentions.0.transformer_blocks.0.attn1": "self-attention",
    "mid_block.attentions.0.transformer_blocks.0.attn2": "cross-attention",
    "up_blocks.0.resnets.0": "block",
    "up_blocks.0.attentions.0.transformer_blocks.0.attn1": "self-attention",
    "up_blocks.0.attentions.0.transformer_blocks.0.attn2": "cross-attention",
}
TOKENS, WIDTH = 77, 32
#: Standard deviation of the data around the mean that its prompt names.
SPREAD: Final = 0.5
_ANSWER: Final = 0.05


class StandIn(sf.Family):
    """D(x; sigma) = (s^2 x + sigma^2 mu) / (s^2 + sigma^2), mu by the prompt's embeddings (1, 77, 32).

    Wraps are run around small layers whose change moves the prediction a little; so do residuals and channels.
    `called` gets the calls of every evaluation.
    """

    id, label = "sfumato-testing.stand-in", "Stand-in"
    takes = frozenset({"residuals", "wraps", "channels"})

    def __init__(self) -> None:
        super().__init__()
        self.card, self.sigmas, self.device = CARD, stable_diffusion(), torch.device("cpu")
        self.called: list[Sequence[sf.NetworkCall]] = []

    def encode_prompt(self, text: str) -> torch.Tensor:
        """Embeddings (1, 77, 32) that the text determines."""
        return drawn(f"prompt:{text}", (1, TOKENS, WIDTH)) * 0.3

    def latent_shape(self, width_px: int, height_px: int) -> tuple[int, int, int, int]:
        """(1, 4, height / 8, width / 8)."""
        return 1, 4, height_px // 8, width_px // 8

    def batch_key(self, call: sf.NetworkCall) -> Hashable:
        """Size and padding."""
        return call.x.shape, call.tile

    def evaluate(self, calls: Sequence[sf.NetworkCall]) -> list[torch.Tensor]:
        """The denoised prediction (1, 4, h, w) of each call."""
        self.called.append(calls)
        return [self._denoised(call) for call in calls]

    def _denoised(self, call: sf.NetworkCall) -> torch.Tensor:
        mean = call.prompt.mean(1)[:, :4, None, None] * 5  # (1, 4, 1, 1)
        variance = SPREAD**2
        denoised: torch.Tensor = (variance * call.x + call.sigma**2 * mean) / (variance + call.sigma**2)
        for name, wrap in call.wraps.items():
            denoised = denoised + _ANSWER * _change(name, wrap, denoised)
        if call.residuals is not None:
            denoised = denoised + _ANSWER * sum(each.mean() for each in (*call.residuals.down, call.residuals.middle))
        return denoised if call.channels is None else denoised + _ANSWER * call.channels.mean()

    def layers(self) -> Mapping[str, str]:
        """Nine layers of a UNet in miniature."""
        return LAYERS

    def encode_image(self, pixels: torch.Tensor, tile: str) -> Generator[None, None, torch.Tensor]:
        """Means over 8 x 8 pixels, and their grey."""
        yield
        small = F.avg_pool2d(pixels, 8)
        return torch.cat([small, small.mean(1, keepdim=True)], dim=1)

    def decode_latents(self, latents: torch.Tensor, tile: str) -> Generator[None, None, torch.Tensor]:
        """The inverse of `encode_image` but for what it lost."""
        yield
        return F.interpolate(latents[:, :3], scale_factor=8)

    def preview(self, denoised: torch.Tensor) -> torch.Tensor:
        """The first three channels."""
        return denoised[0, :3].permute(1, 2, 0).clamp(-1, 1).add(1).mul(127).to(torch.uint8)

    def memory(self) -> Mapping[str, int]:
        """It has no weights."""
        return {}


def drawn(name: str, shape: Sequence[int]) -> torch.Tensor:
    """Unit normals that the name determines."""
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little") >> 1
    return torch.randn(tuple(shape), generator=torch.Generator().manual_seed(seed))


def _change(name: str, wrap: sf.Wrap, x: torch.Tensor) -> torch.Tensor:
    """How much a wrap changes what a layer returns, on average."""
    if LAYERS[name] == "block":
        hidden = drawn(name, (1, 8, *x.shape[-2:]))
        plain = torch.tanh(hidden)
        given = wrap(lambda other=hidden: torch.tanh(other), hidden)
    else:
        tokens = x.shape[-2] * x.shape[-1]
        query = drawn(name, (1, 2, tokens, 8))
        key, value = (drawn(f"{name} {part}", (1, 2, _keys(name, tokens), 8)) for part in ("key", "value"))
        plain = F.scaled_dot_product_attention(query, key, value)
        given = wrap(F.scaled_dot_product_attention, query, key, value)
    if given.shape != plain.shape:
        raise ValueError(f"the wrap of {name} returned {tuple(given.shape)}, expected {tuple(plain.shape)}")
    change: torch.Tensor = (given - plain).mean()
    return change


def _keys(name: str, tokens: int) -> int:
    return TOKENS if LAYERS[name] == "cross-attention" else tokens
