"""A sampler run over a list of noise levels with a denoiser: the engine's loop in a few lines."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import torch

import sfumato.plugin as sf

Denoise = Callable[[torch.Tensor, float], torch.Tensor]


def run(
    sampler: sf.Sampler,
    denoise: Denoise,
    x: torch.Tensor,
    sigmas: Sequence[float],
    noise: sf.Noise | None = None,
    state: dict[str, Any] | None = None,
) -> torch.Tensor:
    """The x after all steps. Without `noise` a sampler that draws some fails."""
    state = {} if state is None else state
    sampler.steps, sampler.sigmas = len(sigmas) - 1, sigmas
    for sigma, sigma_next in itertools.pairwise(sigmas):
        x = step(sampler, denoise, x, sigma, sigma_next, state, noise or refuse)
    return x


def step(
    sampler: sf.Sampler,
    denoise: Denoise,
    x: torch.Tensor,
    sigma: float,
    sigma_next: float,
    state: dict[str, Any],
    noise: sf.Noise,
) -> torch.Tensor:
    """The x after one step."""
    steps = sampler.step(x, sigma, sigma_next, state, noise)
    answer = None
    while True:
        try:
            request = next(steps) if answer is None else steps.send(answer)
        except StopIteration as end:
            given: torch.Tensor = end.value
            return given
        answer = denoise(request.x, request.sigma)


def refuse() -> torch.Tensor:
    """A source of noise for deterministic samplers."""
    raise AssertionError("a sampler without fresh noise drew some")


def draws(seed: int, shape: Sequence[int], dtype: torch.dtype = torch.float32) -> sf.Noise:
    """Unit normals from a generator of their own."""
    generator = torch.Generator().manual_seed(seed)
    return lambda: torch.randn(tuple(shape), generator=generator, dtype=dtype)


def defaults(kind: type[sf.Contribution], **params: Any) -> Any:
    """An instance with these parameters, where its class has them."""
    known = kind.Params.model_fields
    return kind(kind.Params(**{name: value for name, value in params.items() if name in known}))
