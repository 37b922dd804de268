"""Exponential moving averages of weights, and checkpoints that a run goes on from."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import torch
from torch import nn


class Stateful(Protocol):
    """An optimizer, or several that go as one."""

    def state_dict(self) -> dict[str, Any]:
        """What `load_state_dict` reads."""
        ...

    def load_state_dict(self, state: dict[str, Any], /) -> None:
        """Go on where `state_dict` was taken."""
        ...


class Average:
    """The exponential moving average of a network's weights, with a short memory at the start."""

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.decay = decay
        self.steps = 0
        self.weights = {name: value.detach().clone() for name, value in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network: nn.Module) -> None:
        """Take one step towards the network's weights."""
        self.steps += 1
        rate = 1 - min(self.decay, (1 + self.steps) / (10 + self.steps))
        state = network.state_dict()
        torch._foreach_lerp_(list(self.weights.values()), [state[name] for name in self.weights], rate)


def save_checkpoint(path: Path, network: nn.Module, optimizer: Stateful, average: Average, **more: float) -> None:
    """Write everything a run needs to go on, whole or not at all."""
    state = {
        "network": network.state_dict(),
        "optimizer": optimizer.state_dict(),
        "average": average.weights,
        "average_steps": average.steps,
        **more,
    }
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


def load_checkpoint(path: Path, network: nn.Module, optimizer: Stateful, average: Average) -> dict[str, Any]:
    """Restore what `save_checkpoint` wrote; returns the further values."""
    state: dict[str, Any] = torch.load(path, weights_only=True)
    network.load_state_dict(state.pop("network"))
    optimizer.load_state_dict(state.pop("optimizer"))
    average.weights, average.steps = state.pop("average"), state.pop("average_steps")
    return state
