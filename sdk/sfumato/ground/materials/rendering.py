"""From a spec to a surface: geometry first, colours after it, then wear."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np

from sfumato.ground.materials.canvas import Canvas, Layers
from sfumato.ground.materials.catalogue import MATERIALS
from sfumato.ground.materials.fields import Field
from sfumato.ground.materials.natural_palettes import NATURAL_PALETTES
from sfumato.ground.materials.palette import hex_ramp, jittered, sample, tinted_ramp
from sfumato.ground.materials.surface import Surface, SurfaceSpec
from sfumato.ground.materials.weathering import EFFECTS, SCALES

_ramp_of = lru_cache(maxsize=256)(hex_ramp)


def render(spec: SurfaceSpec, *, size_px: int = 256, seed: int) -> Surface:
    """Render seamless maps of `size_px` squared; equal arguments give equal bytes.

    Features keep their size in pixels: a larger canvas holds more of them.

    Raises:
        KeyError: an unknown material or colour.
        ValueError: `size_px` is not a multiple of 64.
    """
    if size_px < 64 or size_px % 64:
        raise ValueError(f"size_px is {size_px}; it must be a positive multiple of 64")
    canvas = _canvas(spec, size_px, seed)
    layers = _shifted(MATERIALS[spec.material].paint(canvas), canvas.rng)
    surface = _coloured(layers, spec, _stream("colour", spec.material, seed))
    for modifier, effect in EFFECTS.items():
        if modifier in spec.modifiers:
            surface = effect(surface, canvas)
    return _clipped(surface)


def _stream(*key: object) -> np.random.Generator:
    """Random numbers that depend on the key alone, on every platform and in every process."""
    digest = hashlib.blake2b(repr(key).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.SFC64(int.from_bytes(digest, "big")))


def _canvas(spec: SurfaceSpec, size_px: int, seed: int) -> Canvas:
    """The colours are left out of the seed: another colour is the same piece repainted."""
    scale = 1.0
    for modifier in sorted(spec.modifiers & SCALES.keys()):
        scale *= SCALES[modifier]
    return Canvas(size_px=size_px, scale=min(max(scale, 0.6), 1.6), rng=_stream("shape", spec.material, size_px, seed))


def _shifted(layers: Layers, rng: np.random.Generator) -> Layers:
    """Slide the piece around the torus, so that lattices do not always begin at the corner."""
    by = tuple(int(n) for n in rng.integers(0, layers.height.shape[0], 2))
    return Layers(
        height=np.roll(layers.height, by, (0, 1)),
        tone=np.roll(layers.tone, by, (0, 1)),
        cover=np.roll(layers.cover, by, (0, 1)),
        roughness=np.roll(layers.roughness, by, (0, 1)),
    )


def _coloured(layers: Layers, spec: SurfaceSpec, rng: np.random.Generator) -> Surface:
    main, second = _ramps(spec, rng)
    tone = np.asarray(layers.tone, np.float32)
    weight = 1 - layers.cover
    # The main colour is the mean of what it paints, not its brightest spot.
    tone = tone - np.float32((tone * weight).mean() / max(float(weight.mean()), 1e-3))
    cover = np.asarray(layers.cover, np.float32)[..., None]
    ground, over = sample(main, tone), sample(second, tone)
    return Surface(albedo=ground + (over - ground) * cover, height=layers.height, roughness=layers.roughness)


def _ramps(spec: SurfaceSpec, rng: np.random.Generator) -> tuple[Field, Field]:
    material, colours = MATERIALS[spec.material], spec.colours
    palettes = NATURAL_PALETTES[spec.material]
    natural_main, natural_second = palettes[int(rng.integers(len(palettes)))]
    if not colours:
        return _ramp_of(natural_main), _ramp_of(natural_second)
    main = jittered(colours[0], rng)
    if len(colours) > 1:
        second = tinted_ramp(jittered(colours[1], rng), material.contrast)
    elif material.companion == "natural":
        second = _ramp_of(natural_second)
    else:
        second = tinted_ramp(_companion(main, material.companion, colours[0]), material.contrast)
    return tinted_ramp(main, material.contrast), second


def _companion(main: Field, companion: str, name: str) -> Field:
    """A shade beside the main colour; white and black give way where they cannot go further."""
    darker = main * np.float32(0.45 + 0.22 * float(main.min()) ** 2)
    lighter = main + (1 - main) * np.float32(0.36)
    if companion == "pale" and name not in ("white", "beige", "yellow"):
        return main + (1 - main) * np.float32(0.25 if name == "black" else 0.58)
    if companion in ("light", "pale"):
        return lighter if name != "white" else main * np.float32(0.78)
    return darker if name != "black" else main + np.float32(0.10)


def _clipped(surface: Surface) -> Surface:
    def unit(field: Field) -> Field:
        return np.clip(field, 0, 1).astype(np.float32)

    return Surface(albedo=unit(surface.albedo), height=unit(surface.height), roughness=unit(surface.roughness))
