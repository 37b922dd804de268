"""Hides: leather and scales."""

from __future__ import annotations

import numpy as np

from sfumato.ground.materials.canvas import Canvas, Layers
from sfumato.ground.materials.cells import voronoi
from sfumato.ground.materials.fields import smoothstep


def leather(canvas: Canvas) -> Layers:
    """Pebbled grain with a few long creases; the second colour has settled in the creases."""
    warp = (canvas.band(18) * 1.0, canvas.band(18) * 1.0)
    pebbles = voronoi(canvas, 10, jitter=0.45, warp=warp)
    folds = voronoi(
        canvas, 62, jitter=0.48, warp=(canvas.fractal(60, 16, slope=2.2) * 3.5, canvas.fractal(60, 16, slope=2.2) * 3.5)
    )
    dome = np.clip(pebbles.border_px / (3.9 * canvas.scale), 0, 1)
    dome = dome * (2 - dome)
    fading = smoothstep(-0.9, 0.6, canvas.band(70))
    crease = np.exp(-folds.border_px / (1.7 * canvas.scale)) * fading
    wear = canvas.fractal(70, 8)
    own = pebbles.pick(canvas.uniform(pebbles.count))
    height = 0.38 + 0.1 * dome + 0.025 * own - 0.13 * crease + 0.02 * wear
    tone = 0.42 * (dome - 0.65) + 0.24 * wear + 0.1 * own - 0.35 * crease
    return Layers(height=height, tone=tone, cover=smoothstep(0.25, 0.7, crease), roughness=0.5 - 0.12 * dome)


def scales(canvas: Canvas) -> Layers:
    """Round overlapping scales; the second colour is their rims."""
    rows, columns = canvas.count(16, 2), canvas.count(30)
    pitch_y, pitch_x = canvas.size_px / rows, canvas.size_px / columns
    radius = 0.62 * pitch_x
    y, x = canvas.grid()
    v, u = y / np.float32(pitch_y), x / np.float32(pitch_x)
    depth, fall, own = canvas.constant(0), canvas.constant(0), canvas.constant(0)
    values = canvas.uniform(rows, columns)
    # A scale hangs below its row and over the rows below: paint those first.
    for above in (0, 1, 2):
        row = np.floor(v) - above
        shift = np.float32(0.5) * (row % 2)
        column = np.floor(u + shift)
        dx = (u + shift - column - np.float32(0.5)) * np.float32(pitch_x)
        dy = (v - row) * np.float32(pitch_y)
        inside = radius - np.hypot(dx, np.maximum(dy - np.float32(pitch_y * 0.75), 0))
        alpha = smoothstep(-0.7, 0.7, inside)
        own += alpha * (values[row.astype(np.intp) % rows, column.astype(np.intp) % columns] - own)
        depth += alpha * (np.maximum(inside, 0) - depth)
        fall += alpha * (dy / np.float32(3 * pitch_y) - fall)
    rim = smoothstep(3.4, 1.4, depth)
    dome = smoothstep(0.0, 0.75 * radius, depth)
    height = 0.12 + 0.36 * fall + 0.2 * dome * smoothstep(0.0, 2.0, depth)
    tone = 0.35 * own + 0.5 * (fall - 0.5) + 0.25 * (dome - 0.5) + 0.06 * canvas.fractal(20)
    return Layers(height=height, tone=tone, cover=rim, roughness=0.32 + 0.2 * rim)
