"""What a layer of a result is to a material, by its name: its node, its colour space, its depth."""

from typing import NamedTuple, Tuple


class Role(NamedTuple):
    """A map of a material. `names` are what post-processors call it; `is_data` is no colour but numbers.

    `bits` is what it needs: heights and normals show steps in 8.
    """

    id: str
    label: str
    names: Tuple[str, ...]
    is_data: bool
    bits: int = 8
    channels: int = 3


ROLES = (
    Role("base_color", "Base Color", ("albedo", "base-color", "basecolor", "color", "colour", "diffuse"), False),
    Role("ambient_occlusion", "Ambient Occlusion", ("ambient-occlusion", "occlusion", "ao"), True, channels=1),
    Role("metallic", "Metallic", ("metallic", "metalness", "metal"), True, channels=1),
    Role("roughness", "Roughness", ("roughness",), True, channels=1),
    Role("emission", "Emission", ("emission", "emissive"), False),
    Role("alpha", "Alpha", ("alpha", "opacity"), True, channels=1),
    Role("normal", "Normal", ("normal", "normals"), True, 16),
    Role("height", "Height", ("height", "displacement", "depth", "bump"), True, 16, channels=1),
)
BASE = ROLES[0]


def role_of(layer):
    """The role of a layer by its name; one of its own for a name that nobody knows, shown but wired to nothing."""
    name = layer.strip().lower().replace("_", "-").replace(" ", "-")
    known = next((role for role in ROLES if name in role.names), None)
    return known or Role(f"other_{name}", layer.strip() or "Other", (name,), False)


def roles_of(layers):
    """The role of each layer of an image, in their order. The image itself, "", is the colour where nothing else is."""
    named = {layer: role_of(layer) for layer in layers if layer}
    has_colour = any(role is BASE for role in named.values())
    return {layer: role for layer in layers for role in [named.get(layer, None if has_colour else BASE)] if role}
