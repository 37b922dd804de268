"""Ground's procedural materials as pictures to work on: seamless, seeded, and like what an artist brings."""

from __future__ import annotations

import numpy as np

import sfumato.plugin as sf
from sfumato.ground.materials import MATERIALS, SurfaceSpec, render, shade


def material(name: str, seed: int = 0, size_px: int = 64) -> sf.Image:
    """A seamless square (size_px, size_px, 3) of a material, softly lit; equal arguments give equal pixels.

    `size_px` is a multiple of 64. Raises ValueError for another, and for a material that Ground does not know.
    """
    if name not in MATERIALS:
        raise ValueError(f"material: got {name!r}, expected one of {', '.join(sorted(MATERIALS))}")
    spec = SurfaceSpec(material=name, colours=(), modifiers=frozenset())
    lit = shade(render(spec, size_px=size_px, seed=seed))
    return sf.Image(pixels=lit.astype(np.float32) / np.float32(255))
