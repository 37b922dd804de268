"""Convolutions that wrap around, for a network of one's own in a job that tiles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode


class Wrapping(TorchFunctionMode):
    """While it is active on this thread, convolutions pad around on x, y or both instead of with zeros.

    Downsample2D of diffusers pads by hand, at the right and the bottom, where its padding is 0; that wraps as well.
    """

    def __init__(self, tile: str) -> None:
        super().__init__()
        self._x, self._y = "x" in tile, "y" in tile

    def __torch_function__(
        self, func: Callable[..., Any], types: Sequence[type], args: Any = (), kwargs: Any = None
    ) -> Any:
        """Replace the padding of one call, or let it pass."""
        if func is F.conv2d:
            return self._conv2d(*args, **(kwargs or {}))
        if func is F.pad:
            return self._pad(*args, **(kwargs or {}))
        return func(*args, **(kwargs or {}))

    def _conv2d(
        self, x: Any, weight: Any, bias: Any, stride: Any, padding: tuple[int, int], *rest: Any
    ) -> torch.Tensor:
        down, across = padding[0] * self._y, padding[1] * self._x
        if down or across:
            x = F.pad(x, (across, across, down, down), mode="circular")
        return F.conv2d(x, weight, bias, stride, (padding[0] - down, padding[1] - across), *rest)

    def _pad(self, x: torch.Tensor, pad: Sequence[int], mode: str = "constant", value: float = 0) -> torch.Tensor:
        left, right, top, bottom = pad
        around = (left * self._x, right * self._x, top * self._y, bottom * self._y)
        rest = [side - wrapped for side, wrapped in zip(pad, around, strict=True)]
        return F.pad(F.pad(x, around, mode="circular"), rest, mode, value)
