"""What a layer was drawn from, kept in the layer and saved with the image."""

import json

import parasites
from core.jobs import Result
from gimp_libraries import Gimp

NAME = "sfumato-recipe"


def keep_recipe(image: Gimp.Image, key: str, result: Result) -> Gimp.Layer:
    """Write a result's seed and recipe into its layer; the layer."""
    layer = image.get_layer_by_tattoo(int(key))
    data = json.dumps({"seed": result.seed, "recipe": result.recipe}, separators=(",", ":")).encode("ascii")
    parasites.keep(image, layer, NAME, data)
    return layer
