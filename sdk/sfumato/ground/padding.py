"""Convolutions that wrap around, for as long as a block runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn


@contextmanager
def circular(network: nn.Module, wrap: bool = True) -> Iterator[None]:
    """Let every convolution of the network pad circularly, on both axes; `wrap=False` changes nothing."""
    convolutions = [m for m in network.modules() if isinstance(m, nn.Conv2d)] if wrap else []
    for convolution in convolutions:
        convolution.padding_mode = "circular"
    try:
        yield
    finally:
        for convolution in convolutions:
            convolution.padding_mode = "zeros"
