"""The networks of a checkpoint, built and given their weights.

Diffusers and transformers take seconds to import, so this module is imported where a model is loaded, never above.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from accelerate import init_empty_weights
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

from sfumato.engine.families.checkpoint import Checkpoint
from sfumato.errors import WeightsRefused


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
