"""Noise by name: each draw has its own seed, made of image, step and draw, so that no draw depends on another.

The same image thus sees the same noise alone, in a batch, after a pre-emption and after a restart.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import torch

if TYPE_CHECKING:
    import sfumato.plugin as sf

Shape = tuple[int, int, int, int]


class ImageNoise(Protocol):
    """All noise of one image."""

    def initial(self) -> torch.Tensor:
        """The noise (1, C, h, w) that the image starts from; the same at every call."""
        ...

    def at(self, step_index: int) -> sf.Noise:
        """What a sampler draws from in one step."""
        ...


#: Makes the noise of one image from its seed, the shape of its latents and their device.
NoiseFactory = Callable[[int, Shape, torch.device], ImageNoise]


@dataclass(frozen=True, slots=True)
class SeededNoise:
    """Noise drawn on the CPU, so that the device does not matter, by one fresh generator a draw.

    The initial noise is what diffusers draws from `torch.Generator("cpu").manual_seed(seed)`.
    """

    seed: int
    shape: Shape
    device: torch.device

    def initial(self) -> torch.Tensor:
        """Drawn with the seed itself."""
        return self._draw(self.seed)

    def at(self, step_index: int) -> sf.Noise:
        """Drawn with `draw_seed(seed, step, 0)`, then 1, 2, ..."""
        draws = itertools.count()
        return lambda: self._draw(draw_seed(self.seed, step_index, next(draws)))

    def _draw(self, seed: int) -> torch.Tensor:
        generator = torch.Generator("cpu").manual_seed(seed)
        return torch.randn(self.shape, generator=generator).to(self.device)


def draw_seed(seed: int, step_index: int, draw_index: int) -> int:
    """The first 8 bytes, little-endian, of the sha256 of `sfumato-noise/1:{seed}:{step}:{draw}` over 2."""
    name = f"sfumato-noise/1:{seed}:{step_index}:{draw_index}"
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little") >> 1
