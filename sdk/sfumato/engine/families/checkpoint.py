"""A Stable Diffusion model as it is stored: configurations at once, weights on demand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import torch


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
    #: The folder of the ControlNet that comes with the model.
    control: Path | None

    def tensors(self, part: str) -> dict[str, torch.Tensor]:
        """The weights of `unet`, `vae` or `text_encoder` by the names that their class gives them."""
        ...

    def tokenizer(self) -> Any:
        """The CLIP tokenizer. Raises NotFound where there is none."""
        ...
