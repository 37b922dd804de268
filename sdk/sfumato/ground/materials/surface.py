"""A rendered material and the light it is looked at in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sfumato.ground.materials.fields import Field, blur, gradient

RELIEF_PX = 12.0
"""How many pixels high a height of 1 is."""

_SHOULDER = np.float32(0.86)
_LIGHT = np.array([-0.522, -0.401, 0.753])
_HALFWAY = np.array([-0.279, -0.214, 0.936])
"""Unit vectors to the light and halfway between light and viewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceSpec:
    """What a picture shows: a material, its main and second colour (none: natural), and modifiers."""

    material: str
    colours: tuple[str, ...]
    modifiers: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """Seamless maps: albedo (H, W, 3), sRGB-encoded; height and roughness (H, W); all float32 in 0..1."""

    albedo: Field
    height: Field
    roughness: Field


def shade(surface: Surface) -> npt.NDArray[np.uint8]:
    """The material lit softly from the upper left: diffuse light, ambient occlusion, a highlight. (H, W, 3)."""
    dy, dx = gradient(surface.height * np.float32(RELIEF_PX))
    inverse = 1 / np.sqrt(1 + dy * dy + dx * dx)
    diffuse = (_LIGHT[2] - _LIGHT[0] * dx - _LIGHT[1] * dy).astype(np.float32) * inverse / np.float32(_LIGHT[2])
    light: Field = 1 + np.float32(0.62) * (np.clip(diffuse, 0.05, 1.55) - 1)
    light *= _occlusion(surface.height)
    # Expose for the picture, so that deep relief does not darken its colour.
    light *= np.float32(1 / light.mean())
    lit = surface.albedo * light[..., None] + _highlight(surface.roughness, dy, dx, inverse)[..., None]
    # A shoulder instead of a clip keeps bright relief readable.
    over = np.maximum(lit - _SHOULDER, 0)
    lit -= over - over / (1 + over * np.float32(1 / (1 - _SHOULDER)))
    return (np.clip(lit, 0, 1) * 255 + np.float32(0.5)).astype(np.uint8)


def _occlusion(height: Field) -> Field:
    """Darken what lies below its surroundings, at two radii."""
    near, far = height - blur(height, 2.0), height - blur(height, 7.0)
    occlusion: Field = 1 + np.clip(1.3 * near + 0.8 * far, -0.45, 0.16)
    return occlusion


def _highlight(roughness: Field, dy: Field, dx: Field, inverse: Field) -> Field:
    """Blinn-Phong, narrow and strong on smooth surfaces."""
    gloss = 1 - roughness
    facing = (_HALFWAY[2] - _HALFWAY[0] * dx - _HALFWAY[1] * dy).astype(np.float32) * inverse
    sharpness = 6 + 90 * gloss * gloss
    strength = 0.5 * gloss * gloss
    highlight: Field = strength * np.exp(sharpness * (np.minimum(facing, 1) - 1) * 1.0)
    return highlight
