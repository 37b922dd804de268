"""What grows: grass, moss, leaves."""

from __future__ import annotations

import numpy as np

from sfumato.ground.materials.canvas import Canvas, Layers
from sfumato.ground.materials.cells import voronoi
from sfumato.ground.materials.fields import smoothstep
from sfumato.ground.materials.strokes import downsample, scatter


def grass(canvas: Canvas) -> Layers:
    """Blades of a meadow seen from above; the second colour paints some of the blades."""
    blades = scatter(
        canvas, spacing_px=9.2, length_px=34, width_px=5.4, heading=(-np.pi / 2, 0.75), bend=0.9, taper=(0.25, 0.7)
    )
    values, bare = canvas.uniform(blades.count), blades.id == 0
    rank = blades.id.astype(np.float32) / blades.count
    ridge = 1 - blades.across**2
    tone = 0.34 * blades.pick(values) + 0.48 * (blades.along - 0.55) + 0.25 * (rank - 0.4) + 0.15 * (ridge - 0.5)
    tone = downsample(np.where(bare, np.float32(-1), tone))
    height = downsample(
        np.where(bare, np.float32(0.1), 0.15 + 0.4 * rank * blades.along + 0.1 * ridge + 0.1 * blades.along)
    )
    cover = downsample(
        np.where(bare, np.float32(0), (blades.pick(canvas.uniform(blades.count)) > 0.35).astype(np.float32))
    )
    return Layers(height=height, tone=tone + 0.1 * canvas.fractal(60), cover=cover, roughness=canvas.constant(0.7))


def leaves(canvas: Canvas) -> Layers:
    """A floor of fallen leaves with midribs; the second colour paints every third leaf."""
    litter = scatter(
        canvas, spacing_px=14.6, length_px=36, width_px=19, heading=(0.0, np.pi), bend=0.35, taper=(0.75, 0.9)
    )
    values, bare = canvas.uniform(litter.count), litter.id == 0
    side = np.abs(litter.across)
    rib = smoothstep(0.14, 0.02, side)
    veins = smoothstep(0.55, 1.0, np.cos((litter.along - 0.22 * side) * np.float32(2 * np.pi * 7))) * (1 - rib) * side
    rank = litter.id.astype(np.float32) / litter.count
    tone = 0.7 * litter.pick(values) + 0.3 * rib + 0.14 * veins - 0.2 * side**3 + 0.25 * (rank - 0.5)
    height = 0.12 + 0.34 * rank + 0.16 * (1 - side**2) - 0.05 * rib - 0.025 * veins
    painted = (litter.pick(canvas.uniform(litter.count)) > 0.35).astype(np.float32)
    return Layers(
        height=downsample(np.where(bare, np.float32(0.08), height)),
        tone=downsample(np.where(bare, np.float32(-1), tone)) + 0.05 * canvas.fractal(20),
        cover=downsample(np.where(bare, np.float32(0), painted)),
        roughness=canvas.constant(0.55),
    )


def moss(canvas: Canvas) -> Layers:
    """Soft cushions of tiny tufts; the second colour is the bare ground between cushions."""
    warp = (canvas.fractal(40, 12) * 2.4, canvas.fractal(40, 12) * 2.4)
    cushions = voronoi(canvas, 36, jitter=0.45, warp=warp)
    swell = np.clip(cushions.border_px / (14 * canvas.scale), 0, 1)
    swell = swell * (2 - swell)
    tip = 0.5 + 0.2 * canvas.band(5.5) + 0.16 * canvas.band(10)
    drift = canvas.fractal(50)
    height = 0.15 + 0.36 * swell + 0.17 * tip + 0.02 * drift
    tone = 0.62 * (swell - 0.62) + 0.9 * (tip - 0.5) + 0.15 * drift
    bare = smoothstep(0.2, 0.04, swell + 0.03 * drift + 0.1 * tip)
    return Layers(height=height, tone=tone, cover=bare, roughness=canvas.constant(0.95))
