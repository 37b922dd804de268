"""Tileable output: convolutions that wrap around instead of padding with zeros."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode


class CircularPadding(TorchFunctionMode):
    """While it is active on this thread, padding of pictures wraps around on x, y or both.

    It takes effect below the networks, where they call `conv2d` and `pad`, so no network is changed: another
    thread, or the next call, sees zeros as ever. It reaches the padding by hand in diffusers' Downsample2D too.
    """

    def __init__(self, tile: str) -> None:
        super().__init__()
        self._x, self._y = "x" in tile, "y" in tile

    def __torch_function__(
        self, func: Callable[..., Any], types: Sequence[type], args: Any = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Replace the padding of one call, or let it pass."""
        if func is F.conv2d:
            return self._conv2d(*args, **(kwargs or {}))
        if func is F.pad:
            return self._pad(*args, **(kwargs or {}))
        return func(*args, **(kwargs or {}))

    def _conv2d(
        self,
        input: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        stride: tuple[int, int],
        padding: tuple[int, int],
        *args: Any,
    ) -> torch.Tensor:
        """The call that nn.Conv2d makes, with its padding (y, x) done here where it wraps."""
        wrap_y, wrap_x = padding[0] * self._y, padding[1] * self._x
        if wrap_x or wrap_y:
            input = F.pad(input, (wrap_x, wrap_x, wrap_y, wrap_y), mode="circular")
        return F.conv2d(input, weight, bias, stride, (padding[0] - wrap_y, padding[1] - wrap_x), *args)

    def _pad(self, input: torch.Tensor, pad: Sequence[int], mode: str = "constant", value: float = 0) -> torch.Tensor:
        """Pad (B, C, H, W) by (left, right, top, bottom): first what wraps, then the rest as asked."""
        left, right, top, bottom = pad
        across, down = (left, right), (top, bottom)
        wrapped = F.pad(input, (*(across if self._x else (0, 0)), *(down if self._y else (0, 0))), mode="circular")
        return F.pad(wrapped, (*((0, 0) if self._x else across), *((0, 0) if self._y else down)), mode, value)
