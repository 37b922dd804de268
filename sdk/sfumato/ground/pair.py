"""Training on two cores as two single-threaded processes that average their gradients.

Convolutions that split over threads wait for the slower thread at every layer. Where other programs share the
cores that costs up to half the speed; two processes that meet once a step lose next to nothing.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

PROCESSES = 2
PATIENCE_S = 300.0
"""After so long without its partner, a process gives up."""


class Partner:
    """One of the processes; both hold the same weights and take the same optimiser steps."""

    def __init__(self, rank: int, gradients: torch.Tensor, progress: torch.Tensor, barrier: Any) -> None:
        self.rank = rank
        self._gradients, self._progress, self._barrier = gradients, progress, barrier

    @property
    def leads(self) -> bool:
        """Whether this process reports, averages and saves."""
        return self.rank == 0

    def agree(self, progress: float) -> float:
        """The leader's progress; both call this at the start of a step."""
        if self.leads:
            self._progress[0] = progress
        self._barrier.wait()
        agreed = float(self._progress[0])
        self._barrier.wait()
        return agreed

    @torch.no_grad()
    def average_gradients(self, network: nn.Module) -> None:
        """Replace both processes' gradients by their mean."""
        parameters = list(network.parameters())
        sizes = [parameter.numel() for parameter in parameters]
        used = self._gradients[:, : sum(sizes)]
        mine, other = torch.split(used[self.rank], sizes), torch.split(used[1 - self.rank], sizes)
        for parameter, place in zip(parameters, mine, strict=True):
            place.copy_(_gradient(parameter).flatten())
        self._barrier.wait()
        for parameter, place in zip(parameters, other, strict=True):
            _gradient(parameter).add_(place.view(parameter.shape)).mul_(0.5)
        self._barrier.wait()


Train = Callable[[Path, float, Partner], None]
"""A training: its work folder, for how many minutes, and which of the two processes this is."""


def _gradient(parameter: nn.Parameter) -> torch.Tensor:
    assert parameter.grad is not None, "every parameter must take part in the loss"
    return parameter.grad


def train_in_pair(train: Train, work_dir: Path, minutes: float, parameters: int) -> None:
    """Run `train` in this process and a second one; `parameters` bounds the network's size."""
    if os.environ.get("OMP_NUM_THREADS") != "1":
        raise SystemExit("set OMP_NUM_THREADS=1: each of the two processes is to use one core")
    context = multiprocessing.get_context("fork")
    gradients = torch.zeros(PROCESSES, parameters)
    progress = torch.zeros(1, dtype=torch.float64)
    for shared in (gradients, progress):
        shared.share_memory_()  # type: ignore[no-untyped-call]  # torch annotates it in part
    barrier = context.Barrier(PROCESSES, timeout=PATIENCE_S)
    partners = [Partner(rank, gradients, progress, barrier) for rank in range(PROCESSES)]
    second = context.Process(target=train, args=(work_dir, minutes, partners[1]), daemon=True)
    second.start()
    train(work_dir, minutes, partners[0])
    second.join()
