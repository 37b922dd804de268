"""guidance.slg: skip-layer guidance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import sfumato.plugin as sf
from sfumato_guidance.perturbed import PerturbedGuider, PerturbedParams

if TYPE_CHECKING:
    import torch


def skip(run: Any, hidden: torch.Tensor) -> torch.Tensor:
    """What comes in goes out (B, C, h, w); a block that changes the form of it has to run."""
    made: torch.Tensor = run()
    return hidden if made.shape == hidden.shape else made


class SLGParams(PerturbedParams):
    """Skipping acts on the early steps, where a picture is laid out. No block on the way up can be left out."""

    layers: Literal["mid", "down", "all"] = sf.Field("mid", label="Layers", group="Perturbation",
        depends_on="strength",
        choices={"mid": "In the middle", "down": "On the way down", "all": "Both"},
        help="Which blocks of the network are left out.")  # fmt: skip
    end: float = sf.Field(0.5, ge=0, le=1, step=0.05, label="End", group="Steps", depends_on="strength",
        help="The share of the steps up to which blocks are skipped; later it takes detail away.")  # fmt: skip


class SLG(PerturbedGuider):
    """Hyung et al. 2024 (arXiv 2411.18664), as Stable Diffusion 3.5 uses it: away from a network with fewer blocks.

    A block that changes the number of channels cannot be left out; in a UNet these are the first of every level on
    the way down, and all on the way up. At strength 0 it is CFG.
    """

    id, label = "guidance.slg", "Skipped layers"
    description = "Steadier shapes, by turning away from what the network makes of it with blocks left out."
    Params = SLGParams
    layer_kind, wrap = "block", staticmethod(skip)
    instead = "take guidance.pag, which perturbs attention, or sfumato.cfg"
