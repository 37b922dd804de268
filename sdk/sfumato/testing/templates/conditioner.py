"""A conditioner: what acts on every evaluation of the network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import sfumato.plugin as sf

if TYPE_CHECKING:
    import torch


class CalmParams(sf.Params):
    """What an artist can set."""

    strength: float = sf.Field(0.3, ge=0, le=1, step=0.05, label="Strength",
        help="How much of the contrast is held back in the first step; 0 is nothing.")  # fmt: skip


class Calm(sf.Conditioner):
    """Holds contrast back while the composition is decided, and lets go of it step by step."""

    id, label = "template-plugin.calm", "Calm beginning"
    description = "Quiet compositions: contrast comes late."
    neutral: ClassVar[Mapping[str, float]] = {"strength": 0.0}
    Params = CalmParams

    def restrain(self, denoised: torch.Tensor, sigma: float, at: sf.Moment) -> torch.Tensor:
        """The prediction (1, C, h, w), moved towards its mean."""
        mean = denoised.mean(dim=(-2, -1), keepdim=True)
        return denoised.lerp(mean, self.params.strength * (1 - at.progress))


@sf.hookimpl
def sfumato_register_conditioners(register: sf.Register) -> None:
    """Called once, when Sfumato looks for plugins."""
    register(Calm)
