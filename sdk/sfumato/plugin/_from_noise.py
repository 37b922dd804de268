"""Noise for samplers that were not written for us: all that they draw comes from the image's own source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import torch
from torch.overrides import TorchFunctionMode

Draw = Callable[[], torch.Tensor]

_NORMAL: Final = frozenset({torch.randn, torch.randn_like})
_OTHER: Final = frozenset((
    torch.rand, torch.rand_like, torch.randint, torch.randint_like, torch.randperm, torch.normal, torch.bernoulli,
    torch.multinomial, torch.poisson, torch.Tensor.normal_, torch.Tensor.uniform_, torch.Tensor.random_,
    torch.Tensor.bernoulli_, torch.Tensor.bernoulli, torch.Tensor.multinomial, torch.Tensor.exponential_,
))  # fmt: skip
_DRAWING: Final = _NORMAL | _OTHER


class OnlyFrom(TorchFunctionMode):
    """While it is active on this thread, unit normals come from `draw`, and the global generator is out of reach.

    What brings a generator of its own is let through. Raises RuntimeError for every other draw, and ValueError for
    normals of another shape than the latents'.
    """

    def __init__(self, draw: Draw) -> None:
        super().__init__()
        self._draw = draw

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Answer one draw, or let another function pass."""
        kwargs = kwargs or {}
        if kwargs.get("generator") is None:
            if func in _NORMAL:
                return self._normal(func, args, kwargs)
            if func in _OTHER:
                said = (
                    f"draws with torch's {func.__name__}(), expected unit normals in the shape of x, which are seeded"
                )
                raise RuntimeError(said)
        return func(*args, **kwargs)

    def _normal(self, func: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> torch.Tensor:
        drawn = self._draw()
        like = args[0] if func is torch.randn_like else None
        shape = _shape(args, kwargs) if like is None else tuple(like.shape)
        if shape != tuple(drawn.shape):
            raise ValueError(f"draws normals of {shape}, expected the shape of x, {tuple(drawn.shape)}")
        dtype = kwargs.get("dtype") or (drawn if like is None else like).dtype
        return drawn.to(dtype)


def _shape(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[int, ...]:
    """The size that torch.randn was asked for, which it takes in three ways."""
    size = kwargs.get("size", args[0] if len(args) == 1 and not isinstance(args[0], int) else args)
    return tuple(int(side) for side in size)


class Brownian:
    """A noise sampler of k-diffusion: increments of one Brownian motion in sigma, each over the root of its length.

    What begins where the last increment ended is a unit normal as it was drawn; what overlaps what came before is
    the same motion (Levy's bridge), as in k-diffusion's BrownianTreeNoiseSampler.
    """

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._path: dict[float, torch.Tensor] = {}

    def __call__(self, sigma: Any, sigma_next: Any) -> torch.Tensor:
        """(W(sigma_next) - W(sigma)) / sqrt(|sigma - sigma_next|), like x."""
        start, end = float(sigma), float(sigma_next)
        if not self._path or start <= min(self._path):
            drawn = self._draw()
            self._path = {start: torch.zeros_like(drawn), end: drawn * abs(start - end) ** 0.5}
            return drawn
        increment: torch.Tensor = (self._at(end) - self._at(start)) / abs(start - end) ** 0.5
        return increment

    def _at(self, sigma: float) -> torch.Tensor:
        """W at a noise level, drawn where nobody was yet."""
        if sigma not in self._path:
            self._path[sigma] = self._between(sigma) + self._draw() * self._spread(sigma)
        return self._path[sigma]

    def _neighbours(self, sigma: float) -> tuple[float | None, float | None]:
        below = max((level for level in self._path if level < sigma), default=None)
        return below, min((level for level in self._path if level > sigma), default=None)

    def _between(self, sigma: float) -> torch.Tensor:
        below, above = self._neighbours(sigma)
        if below is None or above is None:
            return self._path[above if below is None else below]  # type: ignore[index]  # the path is never empty
        return self._path[below].lerp(self._path[above], (sigma - below) / (above - below))

    def _spread(self, sigma: float) -> float:
        below, above = self._neighbours(sigma)
        lengths = [abs(sigma - level) for level in (below, above) if level is not None]
        spread: float = (lengths[0] if len(lengths) == 1 else lengths[0] * lengths[1] / sum(lengths)) ** 0.5
        return spread
