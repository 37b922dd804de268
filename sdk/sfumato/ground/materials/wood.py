"""Wood: the bare grain, planks of it, and bark."""

from __future__ import annotations

import numpy as np

from sfumato.ground.materials.canvas import Canvas, Layers
from sfumato.ground.materials.cells import voronoi
from sfumato.ground.materials.fields import Field, displaced, smoothstep
from sfumato.ground.materials.lattice import courses


def wood(canvas: Canvas) -> Layers:
    """Flat-sawn grain running across, with a few knots; the second colour is the dark grain lines."""
    rings, lines = _rings(canvas, 11)
    fibre = canvas.fractal(5, 2.6, slope=0.5, stretch=(1.0, 14.3))
    sheen = canvas.band(60, stretch=(1.0, 1.67))
    tone = 0.34 * rings + 0.17 * fibre + 0.16 * sheen
    height = 0.5 + 0.016 * rings + 0.009 * fibre - 0.03 * lines
    return Layers(height=height, tone=tone, cover=0.75 * lines, roughness=0.55 + 0.1 * lines)


def _rings(canvas: Canvas, period_px: float) -> tuple[Field, Field]:
    """Growth rings: a wave down the page, bent by long noise and drawn around knots.

    Returns the wave -1..1 and the thin late-wood lines 0..1.
    """
    knots = voronoi(canvas, 128, jitter=0.4)
    y, _ = canvas.grid()
    pull = np.exp(-(((knots.dy * 1.7) ** 2 + (knots.dx * 0.75) ** 2) / (15 * canvas.scale) ** 2))
    turns = canvas.count(period_px)
    bent = canvas.fractal(110, 30, slope=2.0, stretch=(1.0, 3.33)) * 0.75
    phase = y * np.float32(turns / canvas.size_px) + bent + 2.6 * pull + 0.05 * canvas.band(16, stretch=(1.0, 5.0))
    saw = phase - np.floor(phase)
    wave = 1 - 2 * saw
    knot = smoothstep(0.86, 0.97, pull)
    lines = smoothstep(0.62, 0.9, saw) * smoothstep(1.0, 0.94, saw)
    edge = smoothstep(1.0, 0.86, saw)
    rings: Field = (wave * edge + (1 - edge) * 0.2) * (1 - knot) - 1.2 * knot
    return rings, np.maximum(lines * (0.55 + 0.35 * np.tanh(canvas.band(40))), 0.85 * knot)


def planks(canvas: Canvas) -> Layers:
    """Floorboards across the page, every second row shifted by half a board; the second colour is the gaps."""
    boards = courses(canvas, 128, 30, bond=0.5, corner_px=0.5)
    shift = boards.pick(canvas.uniform(boards.rows, boards.columns)) * np.float32(canvas.size_px)
    own = boards.pick(canvas.uniform(boards.rows, boards.columns))
    stand = boards.pick(canvas.uniform(boards.rows, boards.columns))
    bent = canvas.fractal(70, 9, slope=1.6, stretch=(1.0, 6.25))
    grain = displaced(bent, canvas.constant(0.0), shift)
    fibre = displaced(canvas.fractal(7, 2.6, slope=0.7, stretch=(1.0, 12.5)), canvas.constant(0.0), shift)
    figure = np.sin(grain * 5.5 + boards.dy * 0.35)
    face = smoothstep(0.3, 1.3, boards.inset_px)
    bevel = smoothstep(0.3, 3.0, boards.inset_px)
    tone = face * (0.5 * own + 0.2 * figure + 0.16 * fibre)
    height = 0.3 + bevel * (0.24 + 0.04 * stand) + face * (0.012 * figure + 0.01 * fibre)
    return Layers(height=height, tone=tone, cover=1 - face, roughness=canvas.constant(0.6))


def bark(canvas: Canvas) -> Layers:
    """Upright ridges torn into plates; the second colour is the furrows."""
    warp = (canvas.fractal(70, 16) * 7, canvas.fractal(44, 14) * 3.2)
    plates = voronoi(canvas, 17, jitter=0.45, warp=warp, aspect=3.2)
    ridge = smoothstep(0.2, 5.2 * canvas.scale, plates.border_px)
    fibre = canvas.fractal(14, 2.6, slope=0.9, stretch=(3.33, 1.0))
    flakes = canvas.fractal(18, 4, slope=1.2, stretch=(1.43, 1.0))
    own = plates.pick(canvas.uniform(plates.count))
    height = 0.1 + ridge * (0.42 + 0.08 * own) + 0.04 * fibre + 0.025 * flakes * ridge
    tone = 0.6 * (ridge - 0.7) + 0.22 * own + 0.24 * fibre + 0.1 * flakes
    furrow = smoothstep(1.9, 0.3, plates.border_px + 0.25 * flakes)
    return Layers(height=height, tone=tone, cover=furrow, roughness=canvas.constant(0.92))
