"""The maps of one material as files in memory, ready to be placed. Nothing here touches Blender."""

from typing import Any, Dict, NamedTuple

import numpy as np

from . import ball, map_roles, png
from .map_roles import Role
from .pixels import array_of, eight_bit, shares

#: texture.maps says of its height map: "1 is 12 px higher than 0, at a strength of 1", where nothing is enlarged.
RELIEF_PX = 12.0


class MapFile(NamedTuple):
    """One map: its PNG, in the bits and channels that its role needs."""

    role: Role
    png: bytes


class MaterialSet(NamedTuple):
    """A material that was drawn. `ball` (S, S, 4) is its picture, float32 in sRGB, bottom row first.

    `relief` is how far the height map reaches, as a share of the texture's width.
    """

    key: str
    title: str
    seed: int
    width_px: int
    height_px: int
    relief: float
    recipe: Dict[str, Any]
    maps: Dict[str, MapFile]
    ball: Any


def make_set(key, layers, title, seed, recipe):
    """A set of the pictures of one image by layer name, "" being the image itself. Takes a tenth of a second."""
    roles = map_roles.roles_of(list(layers))
    arrays = {role.id: array_of(layers[name]) for name, role in roles.items()}
    if "normal" in arrays:
        arrays["normal"] = _of_unit_length(arrays["normal"])
    first = next(iter(arrays.values()))
    maps = {role.id: MapFile(role, png.encode(_fitted(arrays[role.id], role))) for role in roles.values()}
    return MaterialSet(
        key=key,
        title=title,
        seed=seed,
        width_px=first.shape[1],
        height_px=first.shape[0],
        relief=_relief_px(recipe) / first.shape[1],
        recipe=recipe,
        maps=maps,
        ball=ball.shaded({name: shares(array[::-1]) for name, array in arrays.items()}),
    )


def _fitted(array, role):
    """The channels and bits that the role needs; opacity only where something is not opaque."""
    whole = array if role.bits == 16 and array.itemsize == 2 else eight_bit(array)
    opaque = whole.shape[2] < 4 or bool((whole[:, :, 3] == np.iinfo(whole.dtype).max).all())
    grey = whole.shape[2] == 1
    if role.channels == 1 or grey:
        return whole[:, :, :1]
    return whole[:, :, :3] if opaque or role.is_data else whole


def _of_unit_length(array):
    """Normals as 16 bits; what was resampled on its way is made as long as it should be."""
    normals = shares(array[:, :, :3]) * 2 - 1
    normals /= np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-6)
    return ((normals / 2 + 0.5) * 65535 + 0.5).astype(np.uint16)


def _relief_px(recipe):
    """How deep the relief is as the recipe has it: by the last processor that says so beside a normal map."""
    found = [each.get("params", {}) for each in recipe.get("post_processors", ()) if isinstance(each, dict)]
    found = [each for each in found if "denoise" not in each]
    return RELIEF_PX * _last(found, "strength") * _last(found, "magnification")


def _last(found, name):
    told = [each[name] for each in found if isinstance(each.get(name), (int, float))]
    return float(told[-1]) if told else 1.0
