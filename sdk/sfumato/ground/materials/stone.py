"""Stone as a mass: marble, granite, terrazzo, concrete."""

from __future__ import annotations

import numpy as np

from sfumato.ground.materials.canvas import Canvas, Layers
from sfumato.ground.materials.cells import voronoi
from sfumato.ground.materials.fields import Field, displaced, gradient, smoothstep


def marble(canvas: Canvas) -> Layers:
    """Clouded stone with warped veins; the second colour is the veins."""
    dy, dx = canvas.fractal(80, 9, slope=2.2) * 9, canvas.fractal(80, 9, slope=2.2) * 9
    broad = displaced(canvas.band(105), dy, dx)
    fine = displaced(canvas.band(64), dx, dy)
    thickness = smoothstep(-1.2, 1.5, canvas.band(48))
    vein = np.exp(-((_level_px(broad) / (0.9 + 2.0 * thickness)) ** 2)) * (0.35 + 0.65 * thickness)
    hair = np.exp(-(_level_px(fine) ** 2)) * 0.5 * smoothstep(0.9, 0.1, thickness)
    halo = np.exp(-np.abs(broad) / 0.5)
    cloud = canvas.fractal(60)
    tone = 0.2 * cloud - 0.5 * (halo - 0.35)
    cover = np.clip(vein + hair, 0, 1) * 0.95
    height = 0.5 + 0.004 * cloud - 0.012 * vein
    return Layers(height=height, tone=tone, cover=cover, roughness=canvas.constant(0.2))


def _level_px(field: Field) -> Field:
    """Distance to the zero level in pixels, to first order: lines of even width."""
    dy, dx = gradient(field)
    distance: Field = np.abs(field) / np.maximum(np.hypot(dy, dx), 0.02)
    return distance


def granite(canvas: Canvas) -> Layers:
    """Interlocked crystals of three shades; the second colour is the dark mica specks."""
    warp = (canvas.band(6) * 1.3, canvas.band(6) * 1.3)
    crystals = voronoi(canvas, 11, jitter=0.48, warp=warp)
    own = crystals.pick(canvas.uniform(crystals.count))
    mica = canvas.band(11) + 0.5 * canvas.band(24)
    specks = smoothstep(1.25, 1.5, mica)
    quartz = smoothstep(1.1, 1.5, canvas.band(14))
    tone = 0.6 * own + 0.45 * quartz + 0.08 * canvas.band(4)
    height = 0.5 + 0.01 * own - 0.015 * specks
    return Layers(height=height, tone=tone, cover=specks, roughness=0.35 + 0.15 * own)


def terrazzo(canvas: Canvas) -> Layers:
    """Polished cement with chips of many sizes; the second colour is the chips."""
    warp = (canvas.band(26) * 0.9, canvas.band(26) * 0.9)
    large, small = voronoi(canvas, 30, jitter=0.45, warp=warp), voronoi(canvas, 12, jitter=0.45)
    size = large.pick(canvas.uniform(large.count))
    big = smoothstep(-0.7, 0.7, large.border_px - (7.2 + 4.5 * size) * canvas.scale)
    present = small.pick((canvas.uniform(small.count) > 0.3).astype(np.float32))
    little = smoothstep(-0.6, 0.6, small.border_px - 2.9 * canvas.scale) * present
    cover = np.maximum(big, little)
    chip = np.where(big > 0.5, large.pick(canvas.uniform(large.count)), small.pick(canvas.uniform(small.count)))
    cloud = canvas.fractal(30)
    # A chip keeps its tone to the very edge, where only the cover fades.
    tone = np.where(cover > 0, 0.95 * chip, 0.14 * cloud)
    height = canvas.constant(0.5) + 0.006 * cover
    return Layers(height=height, tone=tone, cover=cover, roughness=canvas.constant(0.18))


def concrete(canvas: Canvas) -> Layers:
    """Cast concrete: soft clouding, air holes and form-board seams; the second colour is the stains."""
    cloud, stain = canvas.fractal(80, 4, slope=1.7), canvas.fractal(70, 6)
    grain = canvas.fractal(9, 2.6, slope=0.6)
    holes = voronoi(canvas, 21, jitter=0.48)
    radius = 0.3 + 2.1 * np.maximum(holes.pick(canvas.uniform(holes.count)), 0) ** 2
    hole = smoothstep(0.9, -0.9, holes.centre_px - radius * canvas.scale) * (radius > 0.5)
    tone = 0.3 * cloud + 0.09 * grain - 0.75 * hole
    height = 0.5 + 0.016 * cloud + 0.006 * grain - 0.2 * hole
    return Layers(height=height, tone=tone, cover=0.8 * smoothstep(0.7, 1.7, stain), roughness=canvas.constant(0.88))
