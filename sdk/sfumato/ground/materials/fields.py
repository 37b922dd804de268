"""Periodic scalar fields: everything here tiles on both axes because it is built on a torus."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import fft, ndimage

Field: TypeAlias = npt.NDArray[np.floating[Any]]
"""Float32 in practice; the stubs cannot follow that through mixed arithmetic."""


@lru_cache(maxsize=32)
def grid(size_px: int) -> tuple[Field, Field]:
    """Return the pixel coordinates (y, x), broadcastable as (H,1) and (1,W)."""
    ramp = np.arange(size_px, dtype=np.float32)
    return ramp[:, None], ramp[None, :]


@lru_cache(maxsize=64)
def _frequencies(size_px: int, stretch_y: float, stretch_x: float) -> Field:
    """Cycles per pixel of the half spectrum; a stretched axis counts its frequencies higher."""
    fy = fft.fftfreq(size_px).astype(np.float32)[:, None] * stretch_y
    fx = fft.rfftfreq(size_px).astype(np.float32)[None, :] * stretch_x
    radius: Field = np.hypot(fy, fx)
    radius[0, 0] = 1e-6
    return radius


@lru_cache(maxsize=192)
def _band_response(size_px: int, wavelength_px: float, stretch: tuple[float, float]) -> Field:
    octaves = np.log2(_frequencies(size_px, *stretch) * wavelength_px)
    response: Field = np.exp(-((octaves / 0.6) ** 2)).astype(np.float32)
    response[0, 0] = 0.0
    return response


@lru_cache(maxsize=192)
def _fractal_response(
    size_px: int, longest_px: float, shortest_px: float, slope: float, stretch: tuple[float, float]
) -> Field:
    f = _frequencies(size_px, *stretch)
    response: Field = (f**-slope * np.exp(-((longest_px * f) ** -4.0)) * np.exp(-((shortest_px * f) ** 4.0))).astype(
        np.float32
    )
    response[0, 0] = 0.0
    return response


def _shaped_noise(rng: np.random.Generator, size_px: int, response: Field) -> Field:
    """Filter white noise by a response; the result has zero mean and unit deviation."""
    white = rng.random((size_px, size_px // 2 + 1, 2), dtype=np.float32) - np.float32(0.5)
    spectrum = white.view(np.complex64)[..., 0] * response
    field: Field = fft.irfft2(spectrum, s=(size_px, size_px))
    return field / np.float32(max(float(field.std()), 1e-12))


def band(
    rng: np.random.Generator, size_px: int, wavelength_px: float, stretch: tuple[float, float] = (1.0, 1.0)
) -> Field:
    """Noise around one wavelength; `stretch` (y, x) lengthens its features along an axis."""
    return _shaped_noise(rng, size_px, _band_response(size_px, min(wavelength_px, size_px / 2), stretch))


def fractal(
    rng: np.random.Generator,
    size_px: int,
    longest_px: float,
    shortest_px: float = 3.0,
    slope: float = 1.8,
    stretch: tuple[float, float] = (1.0, 1.0),
) -> Field:
    """Power-law noise between two wavelengths: amplitude f**-slope, rolled off at both ends."""
    longest = min(longest_px, size_px / 1.5)
    return _shaped_noise(rng, size_px, _fractal_response(size_px, longest, shortest_px, slope, stretch))


def smoothstep(low: float, high: float, x: Field) -> Field:
    """Hermite step from 0 at `low` to 1 at `high` (which may be below `low`)."""
    t = np.clip((x - low) * np.float32(1.0 / (high - low)), 0.0, 1.0)
    step: Field = t * t * (3.0 - 2.0 * t)
    return step


def blur(field: Field, sigma_px: float) -> Field:
    """Gaussian-like blur on the torus: two box passes, which is all that shading needs."""
    width = max(1, round(sigma_px * 2.45))
    once = ndimage.uniform_filter(field, width, mode="wrap")
    twice: Field = ndimage.uniform_filter(once, width, mode="wrap")
    return twice


def gradient(field: Field) -> tuple[Field, Field]:
    """Central differences (d/dy, d/dx) on the torus."""
    dy: Field = (np.roll(field, -1, 0) - np.roll(field, 1, 0)) * np.float32(0.5)
    dx: Field = (np.roll(field, -1, 1) - np.roll(field, 1, 1)) * np.float32(0.5)
    return dy, dx


def displaced(field: Field, dy: Field, dx: Field) -> Field:
    """Sample a field at displaced positions (pixels), wrapping around."""
    y, x = grid(field.shape[0])
    moved: Field = ndimage.map_coordinates(field, np.stack([y + dy, x + dx]), order=1, mode="grid-wrap")
    return moved
