"""The language of Ground: drawing specs, saying them in words, and keeping some of them unseen."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from sfumato.ground.materials import COLOURS, MATERIALS, SurfaceSpec
from sfumato.ground.vocabulary import AFTERTHOUGHTS, COLOUR_WORDS, MATERIAL_WORDS, MODIFIER_WORDS, OPENINGS, TRAILERS

HELD_OUT_SHARE = 0.05
COLOUR_COUNTS = (0.2, 0.5, 0.3)
MODIFIER_COUNTS = (0.5, 0.38, 0.12)
CONTRADICTIONS: tuple[frozenset[str], ...] = (
    frozenset({"fine", "coarse", "large", "small"}),
    frozenset({"rough", "polished"}),
    frozenset({"weathered", "polished"}),
    frozenset({"mossy", "polished"}),
)
"""At most one modifier of each group is sampled."""


def sample_spec(rng: np.random.Generator) -> SurfaceSpec:
    """Draw a spec: materials evenly, 0 to 2 colours, 0 to 2 modifiers that suit the material and each other."""
    material = _choice(rng, tuple(MATERIALS))
    count = int(rng.choice(3, p=COLOUR_COUNTS))
    colours = tuple(str(name) for name in rng.choice(list(COLOURS), count, replace=False))
    return SurfaceSpec(material=material, colours=colours, modifiers=_modifiers(material, rng))


def _modifiers(material: str, rng: np.random.Generator) -> frozenset[str]:
    chosen: set[str] = set()
    candidates = sorted(MATERIALS[material].modifiers)
    for _ in range(int(rng.choice(3, p=MODIFIER_COUNTS))):
        fitting = [c for c in candidates if c not in chosen and not _contradicts(c, chosen)]
        if fitting:
            chosen.add(_choice(rng, fitting))
    return frozenset(chosen)


def _contradicts(candidate: str, chosen: set[str]) -> bool:
    return any(candidate in group and group & chosen for group in CONTRADICTIONS)


def main_colour(spec: SurfaceSpec) -> str | None:
    """The colour that covers most of the area; None for the natural palette."""
    return spec.colours[0] if spec.colours else None


def phrase(spec: SurfaceSpec, rng: np.random.Generator) -> str:
    """Say a spec in words, with synonyms and in one of several orders; everything in the spec is said."""
    noun = _choice(rng, MATERIAL_WORDS[spec.material])
    colour = _choice(rng, COLOUR_WORDS[spec.colours[0]]) if spec.colours else ""
    modifiers = [_choice(rng, MODIFIER_WORDS[name]) for name in sorted(spec.modifiers)]
    rng.shuffle(modifiers)
    second = _choice(rng, COLOUR_WORDS[spec.colours[1]]) if len(spec.colours) > 1 else ""
    words = _composed(rng, noun, colour, second, _choice(rng, _parts(spec.material)), modifiers)
    return _framed(rng, words)


def _parts(material: str) -> tuple[str, ...]:
    """Names for what the second colour paints."""
    part = MATERIALS[material].second_is
    return (part, part, "accents")


def _composed(
    rng: np.random.Generator, noun: str, colour: str, second: str, part: str, modifiers: Sequence[str]
) -> str:
    """Put the words in an order: qualities before the noun or after it."""
    qualities = " ".join(modifiers)
    tail = f" with {second} {part}" if second else ""
    both = f"{colour} and {second}" if second else colour
    orders = [
        f"{qualities} {both} {noun}",
        f"{both} {qualities} {noun}",
        f"{qualities} {colour} {noun}{tail}",
        f"{both} {noun}" + (f", {', '.join(modifiers)}" if modifiers else ""),
    ]
    if colour:
        orders.append(f"{qualities} {noun} in {both}")
        orders.append(f"{noun}, {both}" + (f", {', '.join(modifiers)}" if modifiers else ""))
    return _choice(rng, orders)


def _framed(rng: np.random.Generator, words: str) -> str:
    """Add filler before or after, or none."""
    frame = rng.random()
    if frame < 0.25:
        words = f"{_choice(rng, OPENINGS)} {words}"
    elif frame < 0.5:
        # "bricks with white mortar material" would name the wrong thing.
        joined = any(link in words for link in (",", " with ", " in "))
        words = f"{words}{_choice(rng, AFTERTHOUGHTS if joined else TRAILERS)}"
    text = re.sub(r"\s+", " ", words).strip()
    return text.capitalize() if rng.random() < 0.05 else text


def held_out(spec: SurfaceSpec) -> bool:
    """Whether training must never see this combination of material, colours and modifiers (about 5 %).

    Only combinations that say something are held out; a bare material never is. The order of the
    colours counts. The split is a hash, so it is the same on every machine.
    """
    if not spec.colours and not spec.modifiers:
        return False
    key = "|".join([spec.material, ",".join(spec.colours), ",".join(sorted(spec.modifiers))])
    digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64 < HELD_OUT_SHARE


def _choice(rng: np.random.Generator, options: Sequence[str]) -> str:
    return options[int(rng.integers(len(options)))]
