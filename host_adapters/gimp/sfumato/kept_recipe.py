"""What a layer was drawn from, kept in the layer and saved with the image."""

import json
from array import array

from core.jobs import Result
from gimp_libraries import Gimp

NAME = "sfumato-recipe"


def keep_recipe(image: Gimp.Image, key: str, result: Result) -> Gimp.Layer:
    """Write a result's seed and recipe into its layer; the layer."""
    layer = image.get_layer_by_tattoo(int(key))
    data = json.dumps({"seed": result.seed, "recipe": result.recipe}, separators=(",", ":")).encode("ascii")
    # Without the freeze GIMP notes a step that cannot be undone, and the artist's history ends there.
    image.undo_freeze()
    try:
        layer.attach_parasite(Gimp.Parasite.new(NAME, Gimp.PARASITE_PERSISTENT, array("b", data).tolist()))
    finally:
        image.undo_thaw()
    return layer
