"""Laid work: brick, cobblestone, tiles, hexagons, roof shingles."""

from __future__ import annotations

import numpy as np

from sfumato.ground.materials.canvas import Canvas, Layers
from sfumato.ground.materials.cells import voronoi
from sfumato.ground.materials.fields import smoothstep
from sfumato.ground.materials.lattice import courses, honeycomb


def brick(canvas: Canvas) -> Layers:
    """Half-bond brickwork; the second colour is the mortar."""
    warp = (canvas.band(26) * 0.7, canvas.band(26) * 0.8)
    tiles = courses(canvas, 56, 21.5, bond=0.5, corner_px=2.5, warp=warp)
    face = smoothstep(1.1, 2.2, tiles.inset_px)
    own = tiles.pick(canvas.uniform(tiles.rows, tiles.columns))
    stand = tiles.pick(canvas.uniform(tiles.rows, tiles.columns))
    clay, grain = canvas.fractal(30), canvas.band(4.5)
    pits = smoothstep(1.5, 2.4, canvas.band(7))
    bevel = smoothstep(1.0, 4.0, tiles.inset_px)
    height = 0.28 + bevel * (0.3 + 0.045 * stand) + 0.018 * clay + 0.008 * grain - 0.06 * pits * face
    tone = face * (0.5 * own + 0.16 * clay - 0.35 * pits) + 0.06 * grain
    return Layers(height=height, tone=tone, cover=1 - face, roughness=canvas.constant(0.82))


def cobblestone(canvas: Canvas) -> Layers:
    """Domed setts; the second colour is the joint between them."""
    warp = (canvas.band(24) * 1.2, canvas.band(24) * 1.2)
    cells = voronoi(canvas, 34, jitter=0.3, warp=warp)
    stone = smoothstep(1.6, 3.0, cells.border_px)
    dome = np.sqrt(np.clip(cells.border_px / (13 * canvas.scale), 0, 1))
    own, stand = cells.pick(canvas.uniform(cells.count)), cells.pick(canvas.uniform(cells.count))
    grain = canvas.fractal(16, slope=1.0)
    height = 0.12 + stone * (0.62 * dome + 0.06 * stand) + 0.018 * grain
    tone = stone * (0.48 * own + 0.3 * (dome - 0.6)) + 0.15 * grain
    return Layers(height=height, tone=tone, cover=1 - stone, roughness=0.75 - 0.2 * stone * dome)


def tiles(canvas: Canvas) -> Layers:
    """Glazed square tiles with a bevel; the second colour is the grout."""
    lattice = courses(canvas, 42, 42, corner_px=3)
    face = smoothstep(1.1, 1.9, lattice.inset_px)
    own = lattice.pick(canvas.uniform(lattice.rows, lattice.columns))
    tilt = lattice.pick(canvas.uniform(lattice.rows, lattice.columns))
    lean = lattice.pick(canvas.uniform(lattice.rows, lattice.columns))
    glaze, cloud = canvas.band(22), canvas.fractal(40)
    pillow = smoothstep(0.8, 5.5, lattice.inset_px)
    plane = (tilt * lattice.dy + lean * lattice.dx) * np.float32(0.0016)
    height = 0.32 + 0.22 * pillow + face * plane + 0.012 * glaze * face
    tone = face * (0.26 * own + 0.14 * cloud + 0.12 * (pillow - 0.8))
    return Layers(height=height, tone=tone, cover=1 - face, roughness=0.85 - 0.7 * face)


def hexagons(canvas: Canvas) -> Layers:
    """Matt hexagonal paving; the second colour is the joint."""
    lattice = honeycomb(canvas, 37)
    face = smoothstep(1.1, 2.0, lattice.inset_px)
    own = lattice.pick(canvas.uniform(lattice.rows, lattice.columns))
    stand = lattice.pick(canvas.uniform(lattice.rows, lattice.columns))
    cloud, grain = canvas.fractal(36), canvas.band(5)
    bevel = smoothstep(0.8, 3.5, lattice.inset_px)
    height = 0.3 + bevel * (0.26 + 0.05 * stand) + 0.01 * cloud + 0.005 * grain
    tone = face * (0.5 * own + 0.14 * cloud) + 0.05 * grain
    return Layers(height=height, tone=tone, cover=1 - face, roughness=0.8 - 0.35 * face)


def shingles(canvas: Canvas) -> Layers:
    """Overlapping slates, each row hanging over the next; the second colour paints scattered slates."""
    warp = (canvas.band(30) * 0.5, canvas.band(14) * 0.4)
    slates = courses(canvas, 34, 32, bond=0.5, warp=warp)
    pitch_y, pitch_x = canvas.size_px / slates.rows, canvas.size_px / slates.columns
    down = slates.dy / np.float32(pitch_y) + np.float32(0.5)
    gap = smoothstep(0.5, 1.6, np.float32(pitch_x / 2) - np.abs(slates.dx))
    own = slates.pick(canvas.uniform(slates.rows, slates.columns))
    stand = slates.pick(canvas.uniform(slates.rows, slates.columns))
    chosen = slates.pick((canvas.uniform(slates.rows, slates.columns) > 0.45).astype(np.float32))
    grain = canvas.fractal(24, stretch=(2.22, 0.625), slope=1.1)
    ledge = smoothstep(0.0, 0.07, down) * smoothstep(1.0, 0.95, down)
    shadow = 1 - 0.9 * smoothstep(0.26, 0.0, down)
    height = 0.16 + ledge * gap * (0.1 + 0.42 * down + 0.05 * stand) + 0.012 * grain
    tone = 0.42 * own + 0.18 * grain + 0.3 * (down - 0.5) - 0.75 * (1 - shadow) - 0.6 * (1 - gap)
    return Layers(height=height, tone=tone, cover=chosen * gap, roughness=canvas.constant(0.62))
