"""Cloth: woven, knitted, tufted."""

from __future__ import annotations

import numpy as np

from sfumato.ground.materials.canvas import Canvas, Layers
from sfumato.ground.materials.cells import voronoi
from sfumato.ground.materials.fields import Field, smoothstep


def woven(canvas: Canvas) -> Layers:
    """Plain weave of round threads; the second colour is the level (weft) threads, seen less than the upright ones."""
    rows, columns = canvas.count(12, 2), canvas.count(12, 2)
    y, x = canvas.grid()
    v = (y + canvas.band(30) * 0.5) * np.float32(rows / canvas.size_px)
    u = (x + canvas.band(30) * 0.5) * np.float32(columns / canvas.size_px)
    column, row = np.floor(u), np.floor(v)
    du, dv = u - column - np.float32(0.5), v - row - np.float32(0.5)
    sign = 1 - 2 * ((column + row) % 2)
    upright = sign * np.cos(np.pi * dv) * 0.5 + _round_thread(du, 0.66)
    level = -sign * np.cos(np.pi * du) * 0.5 + _round_thread(dv, 0.40)
    weft = smoothstep(-0.06, 0.06, level - upright)
    top = np.maximum(upright, level)
    slub = canvas.fractal(50, 6, stretch=(3.33, 1.0)) * (1 - weft) + canvas.fractal(50, 6, stretch=(1.0, 3.33)) * weft
    fibre = canvas.band(4)
    tone = 0.75 * (top - 0.85) + 0.08 * fibre + 0.2 * slub
    height = 0.18 + 0.36 * np.clip(top, 0, 1.3) + 0.01 * fibre
    return Layers(height=height, tone=tone, cover=weft, roughness=canvas.constant(0.88))


def _round_thread(offset: Field, half_width: float) -> Field:
    thread: Field = np.sqrt(np.clip(1 - (offset / half_width) ** 2, 0, 1)) * np.float32(0.7)
    return thread


def knit(canvas: Canvas) -> Layers:
    """Stocking stitch: columns of V-shaped loops; the second colour knits every fourth row."""
    columns, rows = canvas.count(21.5), canvas.count(16, 4)
    y, x = canvas.grid()
    v = (y + canvas.band(40) * 0.8) * np.float32(rows / canvas.size_px)
    u = (x + canvas.band(40) * 0.8) * np.float32(columns / canvas.size_px)
    du = u - np.floor(u) - np.float32(0.5)
    side = np.abs(du) * 2
    leg = v + 0.62 * side
    row = np.floor(leg)
    dv = leg - row - np.float32(0.5)
    # Each leg is a leaning ellipse between the column's middle and its edge.
    reach = ((side - 0.5) / 0.52) ** 2 + (dv / 0.54) ** 2
    yarn = np.sqrt(np.clip(1 - reach, 0, 1))
    twist = np.sin((dv * 1.0 + side * 2.1 * np.sign(du)) * np.float32(7.0))
    fuzz = canvas.band(4)
    tone = 0.85 * (yarn - 0.55) + 0.13 * twist * yarn + 0.1 * fuzz + 0.1 * canvas.fractal(50)
    height = 0.1 + 0.5 * yarn + 0.02 * twist * yarn + 0.012 * fuzz
    cover = (row % 4 == 3).astype(np.float32) * smoothstep(0.0, 0.25, yarn)
    return Layers(height=height, tone=tone, cover=cover, roughness=canvas.constant(0.95))


def carpet(canvas: Canvas) -> Layers:
    """Loop pile in slightly uneven rows; the second colour flecks some of the loops."""
    loops = voronoi(canvas, 9, jitter=0.16, warp=(canvas.band(30) * 1.2, canvas.band(30) * 1.2))
    tuft = np.clip(1 - loops.centre_px / (6.0 * canvas.scale), 0, 1)
    curl = np.sin(np.arctan2(loops.dy, loops.dx) * 3 + loops.pick(canvas.uniform(loops.count)) * 3)
    own, fleck = loops.pick(canvas.uniform(loops.count)), loops.pick(canvas.uniform(loops.count))
    brushed = canvas.fractal(70, 14)
    tone = 0.95 * (tuft - 0.45) + 0.12 * curl * tuft + 0.24 * own + 0.16 * brushed
    height = 0.15 + 0.34 * np.sqrt(tuft) + 0.04 * own + 0.03 * curl * tuft
    return Layers(height=height, tone=tone, cover=(fleck > 0.5).astype(np.float32), roughness=canvas.constant(1.0))
