"""Metal: rusted plate, brushed sheet, tread plate."""

from __future__ import annotations

import numpy as np

from sfumato.ground.materials.canvas import Canvas, Layers
from sfumato.ground.materials.fields import displaced, smoothstep
from sfumato.ground.materials.lattice import courses


def rust(canvas: Canvas) -> Layers:
    """Corroded plate; the second colour is the paint or bare metal that is left."""
    dy, dx = canvas.fractal(34, 6) * 3, canvas.fractal(34, 6) * 3
    spread = displaced(canvas.fractal(90, 5, slope=1.7), dy, dx)
    left = smoothstep(0.75, 1.0, spread)
    rim = np.exp(-((spread - 0.7) ** 2) / 0.06)
    blister, grain = canvas.fractal(26, 5, slope=1.4), canvas.band(4)
    pits = smoothstep(1.1, 1.9, canvas.band(9))
    tone = (1 - left) * (0.26 * blister + 0.05 * grain - 0.4 * rim + 0.28 * dy / 3 - 0.3 * pits) + left * 0.2 * dx / 3
    height = 0.4 + 0.1 * left + (1 - left) * (0.03 * blister + 0.01 * grain - 0.04 * pits)
    return Layers(height=height, tone=tone, cover=left, roughness=0.92 - 0.5 * left)


def brushed_metal(canvas: Canvas) -> Layers:
    """Sheet brushed along one direction, with soft bands of sheen; the second colour tints the brush marks."""
    hair = canvas.fractal(6, 2.6, slope=0.3, stretch=(1.0, 50.0))
    streak = canvas.fractal(30, 4, slope=0.9, stretch=(1.0, 28.6))
    sheen = canvas.band(90, stretch=(1.43, 0.833))
    tone = 0.24 * hair + 0.28 * streak + 0.38 * sheen
    height = 0.5 + 0.008 * hair + 0.006 * streak
    scratch = smoothstep(0.9, 2.0, streak) * 0.85
    return Layers(height=height, tone=tone, cover=scratch, roughness=0.3 + 0.05 * hair)


def tread_plate(canvas: Canvas) -> Layers:
    """Steel checker plate with raised bars in alternating directions; the second colour is the bars."""
    lattice = courses(canvas, 26, 26)
    turned = (lattice.row + lattice.column) % 2
    along = np.where(turned, lattice.dy + lattice.dx, lattice.dy - lattice.dx) * np.float32(0.7071)
    aside = np.where(turned, lattice.dy - lattice.dx, lattice.dy + lattice.dx) * np.float32(0.7071)
    reach = (along / (11.5 * canvas.scale)) ** 2 + (aside / (3.6 * canvas.scale)) ** 2
    bar = smoothstep(1.25, 0.75, reach)
    wear, scuff = canvas.fractal(50), canvas.fractal(20, 3, slope=0.8, stretch=(1.67, 0.714))
    dome = smoothstep(1.3, 0.2, reach)
    tone = 0.2 * wear + 0.14 * scuff + 0.3 * (bar - 0.25)
    height = 0.4 + 0.26 * dome + 0.008 * scuff
    return Layers(height=height, tone=tone, cover=bar, roughness=0.38 + 0.06 * scuff)
