"""The procedural materials that Ground learns from: seamless, seeded and cheap to render."""

from __future__ import annotations

from sfumato.ground.materials.catalogue import MATERIALS, MODIFIERS, Material
from sfumato.ground.materials.palette import COLOURS
from sfumato.ground.materials.rendering import render
from sfumato.ground.materials.surface import RELIEF_PX, Surface, SurfaceSpec, shade

__all__ = ["COLOURS", "MATERIALS", "MODIFIERS", "RELIEF_PX", "Material", "Surface", "SurfaceSpec", "render", "shade"]
