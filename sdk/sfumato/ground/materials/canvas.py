"""What a painter is given: the size, the feature scale and its own random numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sfumato.ground.materials import fields
from sfumato.ground.materials.fields import Field

FINEST_WAVELENGTH_PX = 2.6
"""Finer grain would not survive an f8 autoencoder and only costs it capacity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """A torus of `size_px` squared pixels; `scale` multiplies every feature size."""

    size_px: int
    scale: float
    rng: np.random.Generator

    def count(self, period_px: float, multiple_of: int = 1) -> int:
        """How many features of about `period_px` fit around the torus."""
        fitting = self.size_px / (period_px * self.scale)
        return max(1, round(fitting / multiple_of)) * multiple_of

    def band(self, wavelength_px: float, stretch: tuple[float, float] = (1.0, 1.0)) -> Field:
        """Unit-variance noise around one wavelength."""
        return fields.band(self.rng, self.size_px, self._scaled(wavelength_px), stretch)

    def fractal(
        self, longest_px: float, shortest_px: float = 3.0, slope: float = 1.8, stretch: tuple[float, float] = (1.0, 1.0)
    ) -> Field:
        """Unit-variance power-law noise."""
        longest, shortest = self._scaled(longest_px), self._scaled(shortest_px)
        return fields.fractal(self.rng, self.size_px, longest, shortest, slope, stretch)

    def grid(self) -> tuple[Field, Field]:
        """Pixel coordinates (y, x)."""
        return fields.grid(self.size_px)

    def constant(self, value: float) -> Field:
        """A flat field."""
        return np.full((self.size_px, self.size_px), value, np.float32)

    def uniform(self, *shape: int) -> Field:
        """Uniform numbers in -1..1, one per cell of a lattice."""
        return self.rng.random(shape, dtype=np.float32) * 2 - 1

    def _scaled(self, wavelength_px: float) -> float:
        return max(FINEST_WAVELENGTH_PX, wavelength_px * self.scale)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """A material before it has colours.

    height: 0..1 (see RELIEF_PX); tone: -1..1, where on its colour ramp a pixel lies;
    cover: 0 main colour .. 1 second colour; roughness: 0..1.
    """

    height: Field
    tone: Field
    cover: Field
    roughness: Field
