"""Modifiers: what time, water and hands do to a finished surface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from sfumato.ground.materials.canvas import Canvas
from sfumato.ground.materials.cells import voronoi
from sfumato.ground.materials.fields import Field, blur, smoothstep
from sfumato.ground.materials.palette import hex_ramp, sample
from sfumato.ground.materials.surface import Surface

_LUMA = np.array([0.30, 0.59, 0.11], np.float32)
SCALES: Mapping[str, float] = MappingProxyType({"fine": 0.7, "small": 0.7, "coarse": 1.4, "large": 1.4})


def _mixed(albedo: Field, other: Field, amount: Field) -> Field:
    mixed: Field = albedo + (other - albedo) * amount[..., None]
    return mixed


def rough(surface: Surface, canvas: Canvas) -> Surface:
    """Chip and pit the relief, dull the gloss."""
    chips, pits = canvas.fractal(24, 3.5, slope=1.2), smoothstep(1.0, 1.9, canvas.band(9))
    height = surface.height + 0.034 * chips - 0.07 * pits
    albedo = surface.albedo * (1 + 0.06 * chips - 0.18 * pits)[..., None]
    return Surface(albedo=albedo, height=height, roughness=0.7 + 0.3 * surface.roughness)


def cracked(surface: Surface, canvas: Canvas) -> Surface:
    """Split the surface by a branching net of dark cracks that fades in places."""
    warp = (canvas.fractal(44, 7, slope=2.0) * 2.6, canvas.fractal(44, 7, slope=2.0) * 2.6)
    trunks = voronoi(canvas, 58, jitter=0.48, warp=warp)
    twigs = voronoi(canvas, 26, jitter=0.48, warp=(warp[1], warp[0]))
    some = smoothstep(0.1, 0.9, canvas.band(60))
    width = 0.45 + 0.4 * canvas.band(40)
    depth = smoothstep(1.3, 0.0, trunks.border_px - width)
    depth = np.maximum(depth, 0.8 * some * smoothstep(1.4, 0.2, twigs.border_px))
    lip = np.exp(-trunks.border_px / (4 * canvas.scale)) * (1 - depth)
    albedo = surface.albedo * (1 - 0.66 * depth + 0.07 * lip)[..., None]
    return Surface(
        albedo=albedo,
        height=surface.height - 0.22 * depth,
        roughness=surface.roughness + 0.3 * depth * (1 - surface.roughness),
    )


def weathered(surface: Surface, canvas: Canvas) -> Surface:
    """Bleach what stands out, leave grime in the hollows and run-off stains."""
    patches = canvas.fractal(70, 4, slope=1.3)
    runs = canvas.fractal(50, 5, slope=1.1, stretch=(4.55, 1.0))
    exposed = surface.height - blur(surface.height, 6.0)
    bleach = np.clip(0.28 + 0.42 * patches + 3.0 * exposed, 0, 0.62)
    grime = np.clip(0.24 - 0.3 * patches - 3.2 * exposed + 0.22 * runs, 0, 0.6)
    grey = (surface.albedo @ _LUMA)[..., None]
    pale = 0.45 * surface.albedo + 0.38 * grey + 0.20
    dirt = surface.albedo * np.array([0.50, 0.46, 0.40], np.float32)
    albedo = _mixed(_mixed(surface.albedo, pale, bleach), dirt, grime)
    return Surface(
        albedo=albedo, height=surface.height + 0.007 * patches, roughness=0.45 + 0.5 * surface.roughness + 0.05 * grime
    )


def mossy(surface: Surface, canvas: Canvas) -> Surface:
    """Let moss creep out of the hollows."""
    hollow = blur(surface.height, 5.0) - surface.height
    growth = canvas.fractal(80, 5, slope=1.6) + 7.0 * hollow
    tuft, shade = canvas.band(6), canvas.fractal(24)
    amount = smoothstep(0.55, 1.15, growth + 0.22 * tuft)
    green = sample(_MOSS, 0.4 * tuft + 0.25 * shade + 0.25 * np.clip(growth - 1.2, -1, 1))
    height = surface.height + amount * (0.1 + 0.05 * tuft)
    return Surface(
        albedo=_mixed(surface.albedo, green, 0.94 * amount),
        height=height,
        roughness=surface.roughness + amount * (0.95 - surface.roughness),
    )


_MOSS = hex_ramp("22330f 4f6d22 86a03e")


def polished(surface: Surface, canvas: Canvas) -> Surface:
    """Grind the relief down and let broad reflections glide over it."""
    sheen = canvas.band(60)
    albedo = np.clip(0.5 + 1.06 * (surface.albedo * 0.98 - 0.5), 0, 1)
    height = 0.5 + (surface.height - 0.5) * 0.72 + 0.11 * sheen
    return Surface(albedo=albedo, height=height, roughness=0.02 + 0.22 * surface.roughness)


def wet(surface: Surface, canvas: Canvas) -> Surface:
    """Soak: darker and richer, a gloss, and puddles in the hollows."""
    level = blur(surface.height, 3.0) - surface.height + 0.05 * canvas.band(50)
    film = smoothstep(-0.03, 0.09, level)
    soaked = surface.albedo * (0.62 + 0.2 * surface.albedo)
    grey = (soaked @ _LUMA)[..., None]
    soaked = np.clip(grey + (soaked - grey) * 1.18, 0, 1)
    height = (
        surface.height
        + film * 0.6 * np.maximum(blur(surface.height, 3.0) - surface.height, 0)
        + 0.035 * canvas.band(26)
    )
    return Surface(albedo=soaked, height=height, roughness=surface.roughness * 0.28 * (1 - 0.6 * film))


EFFECTS: Mapping[str, Callable[[Surface, Canvas], Surface]] = MappingProxyType(
    {
        "rough": rough,
        "cracked": cracked,
        "weathered": weathered,
        "mossy": mossy,
        "polished": polished,
        "wet": wet,
    }
)
"""In the order in which they happen to a surface."""
