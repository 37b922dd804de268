"""The fourteen colours, and the ramps from shadow to light that materials are painted with."""

from __future__ import annotations

import colorsys
from typing import TypeAlias

import numpy as np

from sfumato.ground.materials.fields import Field

RGB: TypeAlias = tuple[int, int, int]

COLOURS: dict[str, RGB] = {
    "red": (198, 40, 38),
    "orange": (232, 124, 30),
    "yellow": (242, 206, 58),
    "green": (66, 150, 62),
    "teal": (30, 150, 148),
    "blue": (50, 104, 212),
    "navy": (26, 36, 96),
    "purple": (124, 58, 170),
    "pink": (240, 142, 182),
    "brown": (114, 70, 40),
    "beige": (218, 196, 158),
    "white": (240, 240, 236),
    "grey": (134, 135, 138),
    "black": (34, 34, 37),
}
"""Anchors, sRGB-encoded; every sample lies close to its anchor."""

RAMP_STEPS = 512


def jittered(name: str, rng: np.random.Generator) -> Field:
    """A colour near its anchor (3,): far closer to it than to any neighbour."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(channel / 255 for channel in COLOURS[name]))
    hue += float(rng.uniform(-0.012, 0.012))
    saturation *= float(rng.uniform(0.92, 1.06))
    value *= float(rng.uniform(0.94, 1.04))
    return np.array(colorsys.hsv_to_rgb(hue % 1, min(saturation, 1.0), min(value, 0.97)), np.float32)


def hex_ramp(stops: str) -> Field:
    """A ramp (RAMP_STEPS, 3) through colours written as `8a4b36 a5..`, dark to light."""
    colours = [[int(stop[i : i + 2], 16) / 255 for i in (0, 2, 4)] for stop in stops.split()]
    return ramp(np.array(colours, np.float32))


def ramp(stops: Field) -> Field:
    """Interpolate colour stops (N, 3) to a ramp (RAMP_STEPS, 3)."""
    at = np.linspace(0, 1, RAMP_STEPS)
    knots = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(at, knots, stops[:, c]) for c in range(3)], 1).astype(np.float32)


def tinted_ramp(colour: Field, contrast: float) -> Field:
    """Shadow, colour, light: shadows turn a little cooler and richer, lights warmer and paler."""
    # Pale colours have room below them only: less contrast keeps them pale.
    contrast *= 1 - 0.5 * float(colour.min()) ** 2
    shadow = colour * (1 - np.float32(contrast) * np.array([0.50, 0.52, 0.44], np.float32))
    room = np.minimum(1 - colour, 0.12 + 0.45 * colour)
    light = colour + np.float32(contrast) * room * np.array([0.72, 0.66, 0.56], np.float32)
    return ramp(np.stack([shadow, colour, light]))


def sample(colour_ramp: Field, tone: Field) -> Field:
    """Look a tone field (H, W) in -1..1 up in a ramp; returns (H, W, 3)."""
    index = np.clip((tone + 1) * np.float32(0.5 * (RAMP_STEPS - 1)), 0, RAMP_STEPS - 1).astype(np.intp)
    colours: Field = colour_ramp[index]
    return colours
