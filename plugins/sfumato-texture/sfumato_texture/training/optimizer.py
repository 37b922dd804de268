"""Muon for the convolutions between the first and the last one, AdamW for everything else.

Jordan 2024, Muon: An optimizer for hidden layers; each kernel counts as a matrix (out, in * height * width). In the few
thousand steps that a processor has time for, AdamW alone needs more than twice as many to get as far.
"""

from __future__ import annotations

from typing import Any, Final

import torch

from sfumato_texture.network import MapNetwork

ADAM_RATE: Final = 8e-4
MUON_RATE: Final = 1.2e-3


class Optimizer:
    """Both optimizers as one, on one schedule."""

    def __init__(self, network: MapNetwork) -> None:
        named = dict(network.named_parameters())
        self._kernels = [
            value for name, value in named.items() if value.ndim == 4 and not name.startswith(("enter", "leave"))
        ]
        # Muon takes matrices only: these share the kernels' memory.
        self._matrices = [kernel.detach().flatten(1) for kernel in self._kernels]
        chosen = {id(kernel) for kernel in self._kernels}
        rest = [value for value in named.values() if id(value) not in chosen]
        self._muon: torch.optim.Optimizer = torch.optim.Muon(
            self._matrices, MUON_RATE, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"
        )
        self._adam = torch.optim.AdamW(rest, ADAM_RATE, betas=(0.9, 0.99), weight_decay=1e-3, fused=True)

    def step(self, pace: float) -> None:
        """Follow the gradients at `pace` (0 to 1) times the highest rates, and forget them."""
        for optimizer, rate in ((self._muon, MUON_RATE), (self._adam, ADAM_RATE)):
            for group in optimizer.param_groups:
                group["lr"] = rate * pace
        for matrix, kernel in zip(self._matrices, self._kernels, strict=True):
            assert kernel.grad is not None
            matrix.grad = kernel.grad.flatten(1)
            kernel.grad = None
        self._muon.step()
        self._adam.step()
        self._adam.zero_grad()

    def state_dict(self) -> dict[str, Any]:
        """What `load_state_dict` reads."""
        return {"muon": self._muon.state_dict(), "adam": self._adam.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where `state_dict` was taken."""
        self._muon.load_state_dict(state["muon"])
        self._adam.load_state_dict(state["adam"])
