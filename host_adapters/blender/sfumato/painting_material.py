"""Paint on objects: the materials that show it, while it grows and once it is done. [main thread only]"""

import bpy

from .node_trees import emptied, nodes_of
from .references import Reference

#: The node that holds the paint; by its name it is found again.
NODE = "Sfumato Paint"


def new_material(name, image, uv_name):
    """A material whose base colour is the image, by the UV layer of this name."""
    material = bpy.data.materials.new(name)
    tree = emptied(material)
    shader = tree.nodes.new("ShaderNodeBsdfPrincipled")
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    output.location = (300, 0)
    tree.links.new(shader.outputs["BSDF"], output.inputs["Surface"])
    shader.inputs["Roughness"].default_value = 0.7
    _add_node(tree, shader, image, uv_name)
    return material


def dress(thing, material):
    """Put a material into every slot of an object; what was in them, by number, as `undress` takes it."""
    if not thing.material_slots:
        thing.data.materials.append(material)
        return (None,)
    former = tuple(Reference.to("materials", slot.material) if slot.material else None for slot in thing.material_slots)
    for slot in thing.material_slots:
        slot.material = material
    return former


def undress(thing, former):
    """Give an object back what it wore; what is not there any more stays empty."""
    for slot, reference in zip(thing.material_slots, former):
        slot.material = reference.find() if reference else None


def paint_base(thing, image, uv_name):
    """Make the image the base colour of what the object wears; slots that are empty get a material of their own."""
    if not thing.material_slots:
        thing.data.materials.append(None)
    for slot in thing.material_slots:
        shader = _shader_of(slot.material) if slot.material else None
        if shader is None:
            slot.material = new_material(f"{thing.name} Paint", image, uv_name)
        elif slot.material.node_tree.nodes.get(NODE):
            set_image(slot.material.node_tree.nodes[NODE], image)
        else:
            _add_node(slot.material.node_tree, shader, image, uv_name)


def painted_node(thing):
    """(material, image node) of what an object is painted with: our own, else what its base colour comes from."""
    slots = [slot.material for slot in thing.material_slots if slot.material and slot.material.node_tree]
    for material in slots:
        node = material.node_tree.nodes.get(NODE)
        if node is not None and node.image:
            return material, node
    for material in slots:
        shader = _shader_of(material)
        node = _behind(shader.inputs["Base Color"]) if shader else None
        if node is not None and node.image:
            return material, node
    return None, None


def uv_name_of(node, thing):
    """The UV layer that an image node is laid out by."""
    links = node.inputs["Vector"].links
    source = links[0].from_node if links else None
    if source is not None and source.type == "UVMAP" and source.uv_map:
        return source.uv_map
    layers = [each for each in thing.data.uv_layers if each.active_render]
    return layers[0].name if layers else ""


def set_image(node, image):
    """Show another image, in Solid view too."""
    node.image = image
    node.id_data.nodes.active = node


def _add_node(tree, shader, image, uv_name):
    node = tree.nodes.new("ShaderNodeTexImage")
    node.name = node.label = NODE
    node.location = (shader.location[0] - 320, shader.location[1])
    place = tree.nodes.new("ShaderNodeUVMap")
    place.location = (node.location[0] - 220, node.location[1])
    place.uv_map = uv_name
    tree.links.new(place.outputs["UV"], node.inputs["Vector"])
    tree.links.new(node.outputs["Color"], shader.inputs["Base Color"])
    set_image(node, image)


def _shader_of(material):
    return next((each for each in nodes_of(material) if each.type == "BSDF_PRINCIPLED"), None)


def _behind(socket):
    """The first image node that a socket's colour comes from."""
    for link in socket.links:
        node = link.from_node
        if node.type == "TEX_IMAGE":
            return node
        for each in node.inputs:
            if each.type == "RGBA":
                found = _behind(each)
                if found is not None:
                    return found
    return None
