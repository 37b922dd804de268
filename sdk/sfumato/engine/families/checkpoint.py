"""A Stable Diffusion model as it is stored: configurations at once, weights on demand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import torch
from accelerate import init_empty_weights
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

from sfumato.errors import WeightsRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The configurations of a model's parts in diffusers' words, and what was noted beside them.

    `scheduler` describes the training: betas, `prediction_type`, `timestep_spacing`, `steps_offset`. `facts` is
    Ground's `sfumato.json`, empty for others.
    """

    unet: Mapping[str, Any]
    vae: Mapping[str, Any]
    text_encoder: Mapping[str, Any]
    scheduler: Mapping[str, Any]
    parameter_count: int
    facts: Mapping[str, Any] = field(default_factory=dict)


class Checkpoint(Protocol):
    """A diffusers folder, or a single file in the original layout."""

    source: Path
    parts: Parts

    def tensors(self, part: str) -> dict[str, torch.Tensor]:
        """The weights of `unet`, `vae` or `text_encoder` by the names that their class gives them."""
        ...

    def tokenizer(self) -> Any:
        """The CLIP tokenizer. Raises NotFound where there is none."""
        ...


def load_unet(checkpoint: Checkpoint, dtype: torch.dtype, device: str) -> Any:
    """The UNet. Raises WeightsRefused where weights and configuration do not fit, as do the others."""
    return _assemble(checkpoint, "unet", UNet2DConditionModel.from_config, dtype, device)


def load_vae(checkpoint: Checkpoint, device: str) -> Any:
    """The VAE, in single precision: half of it draws bands into smooth gradients."""
    return _assemble(checkpoint, "vae", AutoencoderKL.from_config, torch.float32, device)


def load_text_encoder(checkpoint: Checkpoint, device: str) -> Any:
    """The text encoder, in single precision: it runs once a prompt."""
    return _assemble(checkpoint, "text_encoder", _clip, torch.float32, device)


def _clip(config: Mapping[str, Any]) -> Any:
    return CLIPTextModel(CLIPTextConfig(**config))


def _assemble(checkpoint: Checkpoint, part: str, build: Any, dtype: torch.dtype, device: str) -> Any:
    """Build a network without weights and hand it the mapped ones, so that none are held twice."""
    tensors = {name: tensor.to(device, dtype) for name, tensor in checkpoint.tensors(part).items()}
    try:
        with init_empty_weights():
            network = build(getattr(checkpoint.parts, part))
        missing, unexpected = network.load_state_dict(tensors, assign=True, strict=False)
    except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
        raise _misfit(checkpoint, part, str(error)) from error
    if missing or unexpected:
        detail = f"missing {missing[:3]}" if missing else f"unknown {unexpected[:3]}"
        raise _misfit(checkpoint, part, f"{len(missing)} missing, {len(unexpected)} unknown tensors: {detail}")
    return network.to(device).requires_grad_(False).eval()


def _misfit(checkpoint: Checkpoint, part: str, detail: str) -> WeightsRefused:
    said = f"the {part} of {checkpoint.source} does not fit its configuration: {detail}"
    return WeightsRefused(said, path=checkpoint.source, part=part)
