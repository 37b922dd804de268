"""What flows, freezes, glows or drifts: water, ice, lava, clouds."""

from __future__ import annotations

import numpy as np

from sfumato.ground.materials.canvas import Canvas, Layers
from sfumato.ground.materials.cells import voronoi
from sfumato.ground.materials.fields import displaced, smoothstep


def water(canvas: Canvas) -> Layers:
    """Rippled shallow water under a net of caustics; the second colour is the light of the caustics."""
    dy, dx = canvas.band(44) * 6, canvas.band(44) * 6
    net = voronoi(canvas, 36, jitter=0.42, warp=(dy + canvas.band(16) * 1.2, dx))
    fine = voronoi(canvas, 23, jitter=0.42, warp=(dx, dy))
    line = np.exp(-net.border_px / (2.3 * canvas.scale)) + 0.5 * np.exp(-fine.border_px / (1.9 * canvas.scale))
    depth, wave = canvas.fractal(90, 20, slope=1.8), canvas.band(24, stretch=(1.0, 1.54))
    tone = 0.3 * depth + 0.22 * wave + 0.45 * (line - 0.35)
    height = 0.5 + 0.03 * wave + 0.03 * line
    cover = np.clip(0.85 * (line - 0.42), 0, 0.8)
    return Layers(height=height, tone=tone, cover=cover, roughness=canvas.constant(0.1))


def ice(canvas: Canvas) -> Layers:
    """Clear lake ice: milky clouds, long fractures, trapped bubbles; the second colour is the fractures."""
    dy, dx = canvas.fractal(60, 12, slope=2.2) * 5, canvas.fractal(60, 12, slope=2.2) * 5
    plates = voronoi(canvas, 74, jitter=0.48, warp=(dy, dx))
    shards = voronoi(canvas, 30, jitter=0.48, warp=(dx * 0.7, dy * 0.7))
    some = smoothstep(-0.2, 0.9, canvas.band(60))
    crack = np.exp(-plates.border_px / 1.5) + 0.75 * some * np.exp(-shards.border_px / 0.9)
    frost = np.exp(-plates.border_px / (9 * canvas.scale)) * (0.5 + 0.25 * canvas.fractal(20, slope=1.0))
    facet = 0.22 * plates.pick(canvas.uniform(plates.count)) + 0.14 * some * shards.pick(canvas.uniform(shards.count))
    cloud = canvas.fractal(80, 8, slope=1.8)
    tone = 0.28 * cloud + facet + 0.35 * frost
    height = 0.5 - 0.08 * np.clip(crack, 0, 1) + 0.008 * cloud + 0.02 * facet
    return Layers(
        height=height, tone=tone, cover=np.clip(crack * 0.9 + 0.25 * frost, 0, 1), roughness=canvas.constant(0.14)
    )


def lava(canvas: Canvas) -> Layers:
    """Molten rivers between floating crusts; the main colour glows, the second colour is the crust."""
    warp = (canvas.fractal(50, 11, slope=2.0) * 6, canvas.fractal(50, 11, slope=2.0) * 6)
    plates = voronoi(canvas, 40, jitter=0.46, warp=warp)
    own = plates.pick(canvas.uniform(plates.count))
    shore = plates.border_px - (8.2 - 3.4 * own) * canvas.scale + 0.8 * canvas.fractal(18)
    crust = smoothstep(-1.6, 1.6, shore)
    flow = displaced(canvas.fractal(40, 8, stretch=(1.0, 1.67)), warp[0], warp[1])
    heat = 0.9 - plates.border_px / (6.0 * canvas.scale) + 0.32 * flow
    rock = canvas.fractal(18, 4, slope=1.4)
    tone = (1 - crust) * np.clip(heat, -0.8, 1) + crust * (0.35 * rock - 0.1)
    height = 0.3 + crust * (0.22 + 0.05 * rock) + 0.02 * flow * (1 - crust)
    return Layers(height=height, tone=tone, cover=crust, roughness=0.45 + 0.45 * crust)


def clouds(canvas: Canvas) -> Layers:
    """Heaped fair-weather clouds; the second colour is the sky between them."""
    dy, dx = canvas.fractal(60, 10, slope=2.0) * 3, canvas.fractal(60, 10, slope=2.0) * 3
    billow = displaced(canvas.fractal(130, 7, slope=2.05), dy, dx)
    puff = displaced(canvas.fractal(36, 6, slope=1.8), dx, dy)
    density = billow + 0.22 * puff + 0.42
    cover = 1 - smoothstep(-0.7, 0.75, density)
    lit = density - np.roll(density, (-5, -6), (0, 1))
    tone = (1 - cover) * (0.35 + 0.62 * np.tanh(1.2 * lit) + 0.12 * puff) + cover * 0.12 * billow
    height = 0.45 + 0.03 * smoothstep(-0.3, 2.0, density) + 0.008 * puff * (1 - cover)
    return Layers(height=height, tone=tone, cover=cover, roughness=canvas.constant(1.0))
