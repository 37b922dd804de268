"""Loose ground: sand, gravel, soil."""

from __future__ import annotations

import numpy as np

from sfumato.ground.materials.canvas import Canvas, Layers
from sfumato.ground.materials.cells import voronoi
from sfumato.ground.materials.fields import smoothstep


def sand(canvas: Canvas) -> Layers:
    """Wind ripples in fine sand; the second colour gathers in the troughs."""
    y, x = canvas.grid()
    turns_y, turns_x = canvas.count(22), canvas.count(80)
    bent = canvas.fractal(90, 26, slope=1.8) * 0.27
    phase = (y * turns_y + x * turns_x) / np.float32(canvas.size_px) + bent
    saw = phase - np.floor(phase)
    ripple = np.where(saw < 0.7, saw / 0.7, (1 - saw) / 0.3)
    ripple = ripple * ripple * (3 - 2 * ripple)
    grain, drift = canvas.band(3.2), canvas.fractal(70)
    height = 0.36 + 0.24 * ripple + 0.013 * grain + 0.02 * drift
    tone = 0.3 * (ripple - 0.5) + 0.13 * grain + 0.14 * drift
    trough = smoothstep(0.32, 0.05, ripple) * 0.85
    return Layers(height=height, tone=tone, cover=trough, roughness=canvas.constant(0.9))


def gravel(canvas: Canvas) -> Layers:
    """Loose rounded pebbles of two sizes; the second colour paints a third of them."""
    warp = (canvas.band(16) * 0.5, canvas.band(16) * 0.5)
    under, over = voronoi(canvas, 10, jitter=0.42), voronoi(canvas, 20, jitter=0.42, warp=warp)
    present = over.pick(canvas.uniform(over.count)) > -0.35
    cut = np.clip(over.border_px / (7.5 * canvas.scale), 0, 1)
    big = np.where(present, smoothstep(0.12, 0.3, cut), 0)
    small_dome = np.sqrt(np.clip(under.border_px / (4.2 * canvas.scale), 0, 1))
    big_dome = np.sqrt(np.clip((cut - 0.1) / 0.9, 0, 1))
    small_own, big_own = under.pick(canvas.uniform(under.count)), over.pick(canvas.uniform(over.count))
    own = np.where(big > 0.5, big_own, small_own)
    dome = small_dome * (1 - big) + big_dome * big
    grain = canvas.band(5)
    height = 0.1 + (1 - big) * 0.22 * small_dome + big * (0.25 + 0.38 * big_dome) + 0.008 * grain
    tone = 0.75 * own + 0.5 * (dome - 0.75) + 0.08 * grain
    painted = np.where(big > 0.5, over.pick(canvas.uniform(over.count)), under.pick(canvas.uniform(under.count)))
    return Layers(height=height, tone=tone, cover=(painted > 0.3).astype(np.float32), roughness=canvas.constant(0.72))


def soil(canvas: Canvas) -> Layers:
    """Crumbly earth: clods on clods with small stones; the second colour is the stones."""
    warp = (canvas.fractal(24, 7) * 2.6, canvas.fractal(24, 7) * 2.6)
    clods = voronoi(canvas, 19, jitter=0.48, warp=warp)
    lump = np.clip(clods.border_px / (7.5 * canvas.scale), 0, 1) ** 0.7
    rough, crumb = canvas.fractal(34, 4), canvas.fractal(9, 3, slope=1.2)
    own = clods.pick(canvas.uniform(clods.count))
    stones = voronoi(canvas, 26, jitter=0.45)
    radius = 1.0 + 2.6 * np.maximum(stones.pick(canvas.uniform(stones.count)), 0)
    stone = smoothstep(0.8, -0.8, stones.centre_px - radius * canvas.scale) * (radius > 1.3)
    height = 0.25 + lump * (0.22 + 0.14 * own) + 0.05 * rough + 0.024 * crumb + 0.12 * stone
    tone = (1 - stone) * (0.4 * (lump - 0.6) + 0.2 * rough + 0.13 * crumb + 0.2 * own) + 0.2 * stone * own
    return Layers(height=height, tone=tone, cover=stone, roughness=canvas.constant(0.95))
