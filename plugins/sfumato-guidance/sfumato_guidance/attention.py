"""guidance.pag: perturbed-attention guidance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sfumato_guidance.perturbed import PerturbedGuider

if TYPE_CHECKING:
    import torch


def to_itself(attend: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    """Every token attends to itself alone: the map is the identity, and what comes out is v."""
    return value


class PAG(PerturbedGuider):
    """Ahn et al. 2024 (arXiv 2403.17377): away from what the network makes of it without its sense of structure.

    The self-attention map softmax(q k^T) is replaced by the identity, by default in the middle of the network, where
    the paper found it to work best for Stable Diffusion. At strength 0 it is CFG.
    """

    id, label = "guidance.pag", "Perturbed attention"
    description = "Firmer shapes and structure, with little or no ordinary guidance. Needs a model with attention."
    layer_kind, wrap = "self-attention", staticmethod(to_itself)
    instead = "take guidance.slg, which skips blocks, or sfumato.cfg"
