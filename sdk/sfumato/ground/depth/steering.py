"""Following depth in Ground's plain sampling, for training and evaluation; the engine has its own way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from diffusers import ControlNetModel

from sfumato.ground.sampling import Steer


def following(network: ControlNetModel, controls: torch.Tensor, strength: float = 1.0) -> Steer:
    """What makes `generate` follow control pictures, uint8 (B, H, W)."""
    seen = (controls.float() / 255)[:, None].expand(-1, 3, -1, -1)
    twice = torch.cat([seen, seen])

    def steer(x: torch.Tensor, timestep: torch.Tensor, context: torch.Tensor) -> Mapping[str, Any]:
        down, middle = network(x, timestep, context, controlnet_cond=twice, return_dict=False)
        return {
            "down_block_additional_residuals": [each * strength for each in down],
            "mid_block_additional_residual": middle * strength,
        }

    return steer
