"""Every material: its painter, what its second colour paints, which modifiers suit it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from sfumato.ground.materials import fabric, fluids, growth, masonry, metal, pattern, skin, stone, terrain, wood
from sfumato.ground.materials.canvas import Canvas, Layers

Companion: TypeAlias = Literal["natural", "dark", "light", "pale"]

_SIZES = frozenset({"fine", "coarse", "large", "small"})
_WORN = frozenset({"weathered", "wet"}) | _SIZES
_STONE = _WORN | {"cracked", "mossy", "polished", "rough"}
_LAID = _WORN | {"cracked", "mossy", "rough"}
_EARTH = frozenset({"wet", "mossy", "rough"}) | _SIZES
_CLOTH = frozenset({"weathered", "rough", "wet"}) | _SIZES
_PRINT = frozenset({"weathered", "cracked", "polished", "rough"}) | _SIZES
_GREEN = frozenset({"wet"}) | _SIZES

MODIFIERS: tuple[str, ...] = (
    "weathered",
    "cracked",
    "mossy",
    "wet",
    "polished",
    "rough",
    "fine",
    "coarse",
    "large",
    "small",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """One entry.

    `companion` says what the second area gets when only a main colour is asked for: its natural
    ramp, a darker, a lighter or a much paler shade of the main colour.
    """

    paint: Callable[[Canvas], Layers]
    second_is: str
    companion: Companion
    contrast: float
    modifiers: frozenset[str]


def _material(
    paint: Callable[[Canvas], Layers],
    *,
    second_is: str,
    suits: frozenset[str],
    companion: Companion = "natural",
    contrast: float = 0.8,
) -> Material:
    return Material(paint=paint, second_is=second_is, companion=companion, contrast=contrast, modifiers=suits)


MATERIALS: Mapping[str, Material] = MappingProxyType(
    {
        "brick": _material(masonry.brick, second_is="mortar", suits=_LAID),
        "cobblestone": _material(masonry.cobblestone, second_is="joints", suits=_LAID | {"polished"}, companion="dark"),
        "tiles": _material(masonry.tiles, second_is="grout", suits=_LAID | {"polished"}, contrast=0.6),
        "hexagons": _material(
            masonry.hexagons, second_is="joints", suits=_LAID | {"polished"}, companion="dark", contrast=0.7
        ),
        "shingles": _material(masonry.shingles, second_is="scattered slates", suits=_LAID, companion="dark"),
        "marble": _material(stone.marble, second_is="veins", suits=_STONE, companion="light", contrast=0.6),
        "granite": _material(stone.granite, second_is="specks", suits=_STONE, companion="dark", contrast=1.15),
        "terrazzo": _material(stone.terrazzo, second_is="chips", suits=_STONE, companion="light", contrast=0.9),
        "concrete": _material(stone.concrete, second_is="stains", suits=_STONE, companion="dark"),
        "planks": _material(wood.planks, second_is="gaps", suits=_LAID | {"polished"}, companion="dark"),
        "wood": _material(
            wood.wood, second_is="grain lines", suits=_WORN | {"cracked", "polished", "rough"}, companion="dark"
        ),
        "bark": _material(
            wood.bark, second_is="furrows", suits=_WORN | {"mossy", "rough"}, companion="dark", contrast=0.9
        ),
        "sand": _material(
            terrain.sand,
            second_is="troughs",
            suits=frozenset({"wet", "rough"}) | _SIZES,
            companion="dark",
            contrast=0.55,
        ),
        "gravel": _material(
            terrain.gravel, second_is="pebbles", suits=_EARTH | {"polished"}, companion="light", contrast=1.0
        ),
        "soil": _material(terrain.soil, second_is="stones", suits=_EARTH, companion="light", contrast=1.0),
        "grass": _material(growth.grass, second_is="scattered blades", suits=_GREEN, companion="light", contrast=0.95),
        "moss": _material(growth.moss, second_is="bare ground", suits=_GREEN, companion="dark", contrast=1.15),
        "leaves": _material(
            growth.leaves, second_is="scattered leaves", suits=_GREEN | {"weathered"}, companion="light", contrast=1.05
        ),
        "water": _material(
            fluids.water,
            second_is="caustics",
            suits=frozenset({"large", "small", "fine", "coarse"}),
            companion="light",
            contrast=0.9,
        ),
        "ice": _material(
            fluids.ice,
            second_is="fractures",
            suits=frozenset({"cracked", "polished", "rough"}) | _SIZES,
            companion="light",
            contrast=0.7,
        ),
        "lava": _material(fluids.lava, second_is="crust", suits=frozenset({"cracked", "rough"}) | _SIZES, contrast=1.0),
        "clouds": _material(
            fluids.clouds, second_is="sky", suits=frozenset({"large", "small"}), companion="dark", contrast=0.75
        ),
        "rust": _material(
            metal.rust,
            second_is="bare patches",
            suits=frozenset({"cracked", "rough", "weathered", "wet"}) | _SIZES,
            contrast=0.9,
        ),
        "brushed-metal": _material(
            metal.brushed_metal,
            second_is="brush marks",
            suits=frozenset({"polished", "weathered", "wet"}) | {"fine", "coarse"},
            companion="light",
            contrast=0.8,
        ),
        "tread-plate": _material(
            metal.tread_plate,
            second_is="bars",
            suits=frozenset({"polished", "weathered", "wet"}) | _SIZES,
            companion="light",
            contrast=0.75,
        ),
        "leather": _material(
            skin.leather,
            second_is="creases",
            suits=frozenset({"weathered", "cracked", "polished", "wet", "rough"}) | _SIZES,
            companion="dark",
            contrast=0.8,
        ),
        "scales": _material(
            skin.scales,
            second_is="rims",
            suits=frozenset({"polished", "wet", "weathered"}) | _SIZES,
            companion="dark",
            contrast=0.95,
        ),
        "woven": _material(fabric.woven, second_is="weft", suits=_CLOTH, companion="dark", contrast=0.9),
        "knit": _material(fabric.knit, second_is="stripes", suits=_CLOTH, companion="light", contrast=0.85),
        "carpet": _material(fabric.carpet, second_is="flecks", suits=_CLOTH, companion="light", contrast=1.0),
        "checker": _material(pattern.checker, second_is="squares", suits=_PRINT, companion="light", contrast=0.6),
        "stripes": _material(pattern.stripes, second_is="narrow bands", suits=_PRINT, companion="pale", contrast=0.6),
        "dots": _material(pattern.dots, second_is="dots", suits=_PRINT, companion="pale", contrast=0.6),
    }
)
