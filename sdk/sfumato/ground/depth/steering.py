"""Following depth in Ground's plain sampling, for training and evaluation; the engine has its own way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from diffusers import ControlNetModel

from sfumato.ground.sampling import Steer


def following(network: ControlNetModel, controls: torch.Tensor) -> Steer:
    """What makes `generate` follow control pictures, uint8 (B, H, W): in the prompt's half of each call alone.

    So guidance strengthens the control as it does the prompt; diffusers calls it the guess mode.
    """
    seen = (controls.float() / 255)[:, None].expand(-1, 3, -1, -1)

    def steer(x: torch.Tensor, timestep: torch.Tensor, context: torch.Tensor) -> Mapping[str, Any]:
        down, middle = network(x.chunk(2)[1], timestep, context.chunk(2)[1], controlnet_cond=seen, return_dict=False)
        return {
            "down_block_additional_residuals": [_behind_nothing(each) for each in down],
            "mid_block_additional_residual": _behind_nothing(middle),
        }

    return steer


def _behind_nothing(residual: torch.Tensor) -> torch.Tensor:
    return torch.cat([torch.zeros_like(residual), residual])
