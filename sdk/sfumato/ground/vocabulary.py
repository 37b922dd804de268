"""The words for materials, colours and modifiers; the first of each is the plainest."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MATERIAL_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "brick": ("brick", "bricks", "brick wall", "brickwork", "masonry", "wall of bricks"),
        "cobblestone": ("cobblestone", "cobblestones", "cobbles", "cobbled street", "stone paving"),
        "tiles": ("tiles", "ceramic tiles", "tile wall", "glazed tiles", "bathroom tiles", "tiled wall"),
        "hexagons": ("hexagons", "hexagonal tiles", "hexagon paving", "honeycomb tiles", "hex tiles"),
        "shingles": ("shingles", "roof shingles", "roof tiles", "roof slates", "shingle roof"),
        "marble": ("marble", "marble slab", "veined marble", "marble stone"),
        "granite": ("granite", "granite slab", "speckled granite", "granite stone"),
        "terrazzo": ("terrazzo", "terrazzo floor", "terrazzo chips"),
        "concrete": ("concrete", "concrete wall", "cement", "bare concrete", "concrete slab"),
        "planks": ("planks", "wooden planks", "floorboards", "wood planks", "boards", "plank floor"),
        "wood": ("wood", "wood grain", "timber", "wooden surface", "solid wood"),
        "bark": ("bark", "tree bark", "bark of a tree", "tree trunk"),
        "sand": ("sand", "rippled sand", "sand dunes", "desert sand", "beach sand"),
        "gravel": ("gravel", "pebbles", "gravel path", "pebble stones", "loose gravel"),
        "soil": ("soil", "earth", "dirt", "garden soil", "mud ground"),
        "grass": ("grass", "lawn", "meadow grass", "blades of grass", "turf"),
        "moss": ("moss", "moss cushions", "soft moss", "forest moss"),
        "leaves": ("leaves", "fallen leaves", "foliage", "leaf litter", "floor of leaves"),
        "water": ("water", "water surface", "rippling water", "pool water", "sea water"),
        "ice": ("ice", "frozen lake", "sheet of ice", "lake ice", "frozen ice"),
        "lava": ("lava", "molten lava", "magma", "molten rock", "glowing lava"),
        "clouds": ("clouds", "cloudy sky", "sky with clouds", "fluffy clouds", "cloud"),
        "rust": ("rust", "rusty metal", "rusted iron", "corroded metal", "rusty plate"),
        "brushed-metal": ("brushed metal", "brushed steel", "brushed aluminium", "brushed aluminum", "metal sheet"),
        "tread-plate": ("tread plate", "diamond plate", "steel floor plate", "steel tread plate", "metal floor plate"),
        "leather": ("leather", "leather hide", "cowhide", "grained leather", "leather upholstery"),
        "scales": ("scales", "fish scales", "dragon scales", "reptile scales", "overlapping scales"),
        "woven": ("woven fabric", "woven cloth", "canvas weave", "linen", "basket weave", "fabric"),
        "knit": ("knit", "knitted wool", "wool knit", "knitwear", "knitted sweater", "knitting"),
        "carpet": ("carpet", "loop carpet", "rug", "carpet pile", "carpet floor"),
        "checker": ("checker", "checkerboard", "chequered pattern", "checkered pattern", "chessboard"),
        "stripes": ("stripes", "striped pattern", "bands of stripes", "stripe pattern"),
        "dots": ("dots", "polka dots", "polka dot pattern", "dotted pattern"),
    }
)

COLOUR_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "red": ("red", "red", "crimson", "scarlet", "ruby red"),
        "orange": ("orange", "orange", "amber", "tangerine"),
        "yellow": ("yellow", "yellow", "golden yellow", "lemon yellow"),
        "green": ("green", "green", "leaf green", "emerald"),
        "teal": ("teal", "teal", "turquoise", "cyan"),
        "blue": ("blue", "blue", "azure", "cobalt blue"),
        "navy": ("navy", "dark blue", "navy blue", "midnight blue"),
        "purple": ("purple", "purple", "violet"),
        "pink": ("pink", "pink", "rose pink", "rosy"),
        "brown": ("brown", "brown", "chocolate brown", "chestnut"),
        "beige": ("beige", "beige", "tan", "cream", "cream-coloured"),
        "white": ("white", "white", "snow white", "ivory white"),
        "grey": ("grey", "gray", "grey", "ash grey"),
        "black": ("black", "black", "jet black", "charcoal black"),
    }
)

MODIFIER_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "weathered": ("weathered", "aged", "worn", "old"),
        "cracked": ("cracked", "fractured", "fissured"),
        "mossy": ("mossy", "moss-covered", "overgrown"),
        "wet": ("wet", "damp", "rain-soaked"),
        "polished": ("polished", "glossy", "shiny"),
        "rough": ("rough", "coarse-surfaced", "bumpy"),
        "fine": ("fine", "finely detailed", "delicate"),
        "coarse": ("coarse", "chunky"),
        "large": ("large", "big"),
        "small": ("small", "tiny", "little"),
    }
)

OPENINGS: tuple[str, ...] = (
    "seamless texture of",
    "texture of",
    "a texture of",
    "a photo of",
    "a close-up of",
    "seamless",
    "a surface of",
    "material:",
)

AFTERTHOUGHTS: tuple[str, ...] = (", seamless texture", ", seamless", ", texture", ", tileable")
TRAILERS: tuple[str, ...] = (" texture", " material", " surface", *AFTERTHOUGHTS)
