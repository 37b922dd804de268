"""Printed patterns on a lightly textured ground: checker, stripes, dots."""

from __future__ import annotations

import numpy as np

from sfumato.ground.materials.canvas import Canvas, Layers
from sfumato.ground.materials.fields import Field, smoothstep


def _printed(canvas: Canvas, cover: Field) -> Layers:
    """Flat paint on fine canvas."""
    tooth, cloud = canvas.band(4.5), canvas.fractal(60)
    tone = 0.07 * tooth + 0.1 * cloud
    height = 0.5 + 0.007 * tooth
    return Layers(height=height, tone=tone, cover=cover, roughness=canvas.constant(0.6))


def checker(canvas: Canvas) -> Layers:
    """Chessboard fields without joints; the second colour paints every other field, a hair smaller."""
    count = canvas.count(30, 2)
    y, x = canvas.grid()
    turn = np.float32(np.pi * count / canvas.size_px)
    pitch = canvas.size_px / count
    fields = np.sin((y + 0.5) * turn) * np.sin((x + 0.5) * turn)
    edge = 0.7 * np.pi / pitch
    return _printed(canvas, smoothstep(-edge, edge, fields - 0.03))


def stripes(canvas: Canvas) -> Layers:
    """Straight bands, upright, level or diagonal; the second colour is the narrower band."""
    count = canvas.count(28)
    down, right = ((0, 1), (1, 0), (1, 1), (1, -1))[int(canvas.rng.integers(4))]
    y, x = canvas.grid()
    phase = (y * (down * count) + x * (right * count)) / np.float32(canvas.size_px)
    wave = np.abs(phase - np.floor(phase) - np.float32(0.5)) * 2
    edge = 1.4 * count / canvas.size_px
    share = float(canvas.rng.uniform(0.34, 0.46))
    return _printed(canvas, smoothstep(share + edge, share - edge, wave) * np.ones((canvas.size_px, 1), np.float32))


def dots(canvas: Canvas) -> Layers:
    """Polka dots on a diagonal lattice; the second colour is the dots."""
    count = canvas.count(36)
    y, x = canvas.grid()
    pitch = canvas.size_px / count
    radius = pitch * float(canvas.rng.uniform(0.21, 0.27))
    nearest = canvas.constant(1e9)
    for offset in (0.0, 0.5):
        dy = (y / pitch - offset + 0.5) % 1 - 0.5
        dx = (x / pitch - offset + 0.5) % 1 - 0.5
        nearest = np.minimum(nearest, np.hypot(dy, dx).astype(np.float32) * np.float32(pitch))
    return _printed(canvas, smoothstep(radius + 0.8, radius - 0.8, nearest))
