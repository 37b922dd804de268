"""The node tree of a material: its maps, wired by their roles into a Principled BSDF, with displacement."""

from .map_roles import ROLES
from .node_trees import emptied, nodes_of

_COLUMN = {"coordinates": -1500, "mapping": -1300, "image": -1000, "between": -520, "shader": -180, "output": 180}
_ROW_STEP = 300
_TOP = 500
#: How much of the ambient occlusion darkens the base colour; renderers make their own as well.
_OCCLUSION_SHARE = 0.6


def build(material, images, *, scale, relief, box):
    """Make the tree anew. `images` by role id; `scale` (x, y) in repeats for each unit of the coordinates.

    `relief` is how far the height map displaces, in Blender's units, 0 for not at all. With `box` the maps are
    projected from six sides onto what has no UVs, and the height takes the place of the normal map, which needs UVs.
    """
    tree = emptied(material)
    shader = _node(tree, "ShaderNodeBsdfPrincipled", "shader", _TOP)
    output = _node(tree, "ShaderNodeOutputMaterial", "output", _TOP)
    tree.links.new(shader.outputs["BSDF"], output.inputs["Surface"])
    mapping = _mapping(tree, scale, box)
    textures = {
        role: _texture(tree, role, row, images[role], mapping, box) for row, role in enumerate(_ordered(images))
    }
    _wire_colour(tree, shader, textures)
    _wire_plain(tree, shader, textures)
    _wire_surface(tree, shader, textures, relief, box)
    _wire_displacement(tree, output, textures, relief, box)
    set_displacement(material, relief > 0 and "height" in textures and not box)


def swap(material, images):
    """Put other maps into a tree that is there, wherever its nodes are; the artist's own wires stay."""
    for node in nodes_of(material):
        role = node.get("sfumato_role")
        if role in images:
            node.image = images[role]


def images_in(material):
    """The images of a tree by role id."""
    found = [node for node in nodes_of(material) if node.get("sfumato_role") and node.image]
    return {node["sfumato_role"]: node.image for node in found}


def is_box(material):
    """Whether the maps are projected from six sides."""
    return any(node.type == "TEX_IMAGE" and node.projection == "BOX" for node in nodes_of(material))


def set_scale(material, scale):
    """Repeats (x, y) for each unit of the coordinates; false where the artist took the node out."""
    node = material.node_tree.nodes.get("Sfumato Mapping") if material.node_tree else None
    if node:
        node.inputs["Scale"].default_value = (scale[0], scale[1], scale[0])
    return node is not None


def set_relief(material, relief):
    """How far the height map displaces, in Blender's units."""
    for socket in _depths(material):
        socket.default_value = relief


def deepen(material, factor):
    """The same relative to what it is, which the artist may have set."""
    for socket in _depths(material):
        socket.default_value *= factor


def set_displacement(material, on):
    """Real displacement, of which the normal map is the finer part; bump would count the relief twice."""
    has_its_own = hasattr(material, "displacement_method")  # from 4.1 on; before, only where Cycles is enabled
    settings = material if has_its_own else getattr(material, "cycles", None)
    if settings:
        settings.displacement_method = "DISPLACEMENT" if on else "BUMP"


def _depths(material):
    sockets = {"Sfumato Displacement": "Scale", "Sfumato Bump": "Distance"}
    return [node.inputs[sockets[node.name]] for node in nodes_of(material) if node.name in sockets]


def _ordered(images):
    known = [role.id for role in ROLES if role.id in images]
    return known + [role for role in images if role not in known]


def _node(tree, kind, column, y):
    node = tree.nodes.new(kind)
    node.location = (_COLUMN[column], y)
    return node


def _mapping(tree, scale, box):
    coordinates = _node(tree, "ShaderNodeTexCoord", "coordinates", 0)
    mapping = _node(tree, "ShaderNodeMapping", "mapping", 0)
    mapping.name = mapping.label = "Sfumato Mapping"
    mapping.inputs["Scale"].default_value = (scale[0], scale[1], scale[0])
    tree.links.new(coordinates.outputs["Object" if box else "UV"], mapping.inputs["Vector"])
    return mapping


def _texture(tree, role, row, image, mapping, box):
    node = _node(tree, "ShaderNodeTexImage", "image", _TOP - row * _ROW_STEP)
    node.image = image
    node["sfumato_role"] = role
    node.label = next((each.label for each in ROLES if each.id == role), role)
    if box:
        node.projection, node.projection_blend = "BOX", 0.25
    tree.links.new(mapping.outputs["Vector"], node.inputs["Vector"])
    return node


def _wire_colour(tree, shader, textures):
    colour = textures["base_color"].outputs["Color"] if "base_color" in textures else None
    if colour and "ambient_occlusion" in textures:
        mix = _node(tree, "ShaderNodeMix", "between", _TOP)
        mix.label, mix.data_type, mix.blend_type = "Occlusion", "RGBA", "MULTIPLY"
        factor, first, second = (_socket(mix.inputs, name) for name in ("Factor_Float", "A_Color", "B_Color"))
        factor.default_value = _OCCLUSION_SHARE
        tree.links.new(colour, first)
        tree.links.new(textures["ambient_occlusion"].outputs["Color"], second)
        colour = _socket(mix.outputs, "Result_Color")
    if colour:
        tree.links.new(colour, shader.inputs["Base Color"])


def _wire_plain(tree, shader, textures):
    """Maps that a socket of the shader takes as they are."""
    for role, socket in (("roughness", "Roughness"), ("metallic", "Metallic"), ("alpha", "Alpha")):
        if role in textures:
            tree.links.new(textures[role].outputs["Color"], shader.inputs[socket])
    if "emission" in textures:
        name = "Emission Color" if "Emission Color" in shader.inputs else "Emission"  # renamed in 4.0
        tree.links.new(textures["emission"].outputs["Color"], shader.inputs[name])
        shader.inputs["Emission Strength"].default_value = 1.0


def _wire_surface(tree, shader, textures, relief, box):
    y = _TOP - 3 * _ROW_STEP
    if box and "height" in textures:
        bump = _node(tree, "ShaderNodeBump", "between", y)
        bump.name = bump.label = "Sfumato Bump"
        bump.inputs["Distance"].default_value = relief
        tree.links.new(textures["height"].outputs["Color"], bump.inputs["Height"])
        tree.links.new(bump.outputs["Normal"], shader.inputs["Normal"])
    elif "normal" in textures:
        normal = _node(tree, "ShaderNodeNormalMap", "between", y)
        tree.links.new(textures["normal"].outputs["Color"], normal.inputs["Color"])
        tree.links.new(normal.outputs["Normal"], shader.inputs["Normal"])


def _wire_displacement(tree, output, textures, relief, box):
    if "height" not in textures or box:
        return
    node = _node(tree, "ShaderNodeDisplacement", "between", _TOP - 4 * _ROW_STEP)
    node.name = node.label = "Sfumato Displacement"
    node.inputs["Midlevel"].default_value = 0.5
    node.inputs["Scale"].default_value = relief
    tree.links.new(textures["height"].outputs["Color"], node.inputs["Height"])
    tree.links.new(node.outputs["Displacement"], output.inputs["Displacement"])


def _socket(sockets, identifier):
    return next(each for each in sockets if each.identifier == identifier)
