"""The depth ControlNet: Ground's encoder again, with another embedding of time and prompt, and eyes for depth."""

from __future__ import annotations

from collections.abc import Callable

import torch
from diffusers import ControlNetModel, UNet2DConditionModel
from torch import nn
from torch.nn import functional as F

from sfumato.ground.layout import FOLD, NOISE, UNET

_SHARED = (
    "in_channels", "down_block_types", "mid_block_type", "block_out_channels", "layers_per_block",
    "cross_attention_dim", "norm_num_groups", "addition_embed_type", "addition_embed_type_num_heads",
    "resnet_time_scale_shift",
)  # fmt: skip
EYES = (16, 32, 64)
"""Channels of what looks at the depth picture; it halves it once less than it has entries."""
EMBEDDING = "time_emb_proj"
EMBEDDING_STEPS = 1500
EMBEDDING_RATE = 2e-3

assert 2 ** (len(EYES) - 1) == FOLD


def untrained() -> ControlNetModel:
    """A ControlNet of the shape of Ground's encoder, adding nothing."""
    return ControlNetModel(**{name: UNET[name] for name in _SHARED}, conditioning_embedding_out_channels=EYES)


def like_encoder(
    unet: UNet2DConditionModel, contexts: Callable[[], torch.Tensor], steps: int = EMBEDDING_STEPS
) -> ControlNetModel:
    """One that starts as a copy of the network's encoder; `contexts` makes batches of prompts, (B, tokens, width).

    ControlNetModel embeds time and prompt in half of Ground's width, so that this part cannot be copied: it is fitted.
    Its eyes are open from the start, lest the first steps be spent on opening them.
    """
    network, theirs = untrained(), unet.state_dict()
    mine = network.state_dict()
    same = {name: theirs[name] for name, value in mine.items() if name in theirs and theirs[name].shape == value.shape}
    network.load_state_dict(mine | same)
    nn.init.kaiming_normal_(network.controlnet_cond_embedding.conv_out.weight, nonlinearity="linear")
    _fit_embedding(network, unet, contexts, steps)
    return network


def new_parameters(network: ControlNetModel) -> list[nn.Parameter]:
    """What has no counterpart in the encoder: the eyes and what hands the residuals over."""
    return [value for name, value in network.named_parameters() if name.startswith("controlnet_")]


def copied_parameters(network: ControlNetModel) -> list[nn.Parameter]:
    """All others."""
    return [value for name, value in network.named_parameters() if not name.startswith("controlnet_")]


def _fit_embedding(
    network: ControlNetModel, unet: UNet2DConditionModel, contexts: Callable[[], torch.Tensor], steps: int
) -> None:
    """Let every block's scale and shift be the encoder's own, whatever the time and prompt."""
    fitted = [
        value for name, value in network.named_parameters() if EMBEDDING in name or name.startswith(("time", "add"))
    ]
    optimizer = torch.optim.Adam(fitted, EMBEDDING_RATE)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        context = contexts()
        timesteps = torch.randint(NOISE["num_train_timesteps"], (len(context),))
        with torch.no_grad():
            wanted = _scales(unet, timesteps, context)
        found = _scales(network, timesteps, context)
        loss = torch.stack([F.mse_loss(a, b) for a, b in zip(found, wanted, strict=True)]).sum()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch annotates it in part
        optimizer.step()
        cosine.step()
    print(f"embedding fitted: {float(loss.detach()):.4f} left of {sum(float(w.square().mean()) for w in wanted):.4f}")


def _scales(
    network: ControlNetModel | UNet2DConditionModel, timesteps: torch.Tensor, context: torch.Tensor
) -> list[torch.Tensor]:
    """What each block of the encoder is told of time and prompt."""
    embedded = network.time_embedding(network.time_proj(timesteps)) + network.add_embedding(context)
    resnets = [resnet for block in network.down_blocks for resnet in block.resnets] + list(network.mid_block.resnets)
    return [resnet.time_emb_proj(F.silu(embedded)) for resnet in resnets]
