# ruff: noqa: ANN001, ANN201, ANN202 - Blender brings no types, so annotations would be words that nothing checks
"""The part of material_spheres.py that runs in Blender's Python: spheres in two rows, rendered with Cycles.

`python material_spheres_scene.py FOLDER PICTURE` reads NN.albedo.png and the other maps of each material.
"""

import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))

from painted_meshes_scene import aimed, plain_object, shoot

ROWS, SPACING = 2, 2.25
WIDTH_PX, HEIGHT_PX = 1500, 540
REPEATS = (3, 1.5)
RELIEF_M = 0.09


def render(folder, picture):
    """All materials of the folder."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    albedos = sorted(folder.glob("*.albedo.png"))
    columns = len(albedos) // ROWS
    for place, albedo in enumerate(albedos):
        row, column = divmod(place, columns)
        _sphere(albedo, ((column - (columns - 1) / 2) * SPACING, 0, ((ROWS - 1) / 2 - row) * SPACING))
    _surroundings(columns)
    shoot(picture, WIDTH_PX, HEIGHT_PX)


def _sphere(albedo, place):
    bpy.ops.mesh.primitive_uv_sphere_add(segments=256, ring_count=128, location=place, rotation=(0.35, 0.15, 0.3))
    thing = bpy.context.object
    bpy.ops.object.shade_smooth()
    for loop in thing.data.uv_layers.active.data:
        loop.uv = [value * times for value, times in zip(loop.uv, REPEATS, strict=True)]
    relief = bpy.data.textures.new("relief", "IMAGE")
    relief.image = _image(albedo, "height")
    bumps = thing.modifiers.new("relief", "DISPLACE")
    bumps.texture, bumps.texture_coords, bumps.strength = relief, "UV", RELIEF_M
    thing.data.materials.append(_material(albedo))


def _material(albedo):
    material = bpy.data.materials.new(albedo.stem)
    if bpy.app.version < (5, 0, 0):
        material.use_nodes = True
    nodes, link = material.node_tree.nodes, material.node_tree.links.new
    shader = next(each for each in nodes if each.type == "BSDF_PRINCIPLED")
    colour, rough, bent = (nodes.new("ShaderNodeTexImage") for _ in range(3))
    colour.image = bpy.data.images.load(str(albedo))
    rough.image, bent.image = _image(albedo, "roughness"), _image(albedo, "normal")
    normal = nodes.new("ShaderNodeNormalMap")
    link(colour.outputs["Color"], shader.inputs["Base Color"])
    link(rough.outputs["Color"], shader.inputs["Roughness"])
    link(bent.outputs["Color"], normal.inputs["Color"])
    link(normal.outputs["Normal"], shader.inputs["Normal"])
    return material


def _image(albedo, name):
    image = bpy.data.images.load(str(albedo).replace(".albedo.", f".{name}."))
    image.colorspace_settings.name = "Non-Color"
    return image


def _surroundings(columns):
    """A wall behind, a large soft light and a smaller one, and a camera without perspective."""
    wall = [(-40, 3, -40), (40, 3, -40), (40, 3, 40), (-40, 3, 40)]
    material = bpy.data.materials.new("wall")
    if bpy.app.version < (5, 0, 0):
        material.use_nodes = True
    shader = next(each for each in material.node_tree.nodes if each.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value, shader.inputs["Roughness"].default_value = (0.62, 0.6, 0.58, 1), 0.9
    plain_object("wall", wall, [(0, 1, 2, 3)]).data.materials.append(material)
    for place, size, watts in (((-9, -9, 9), 6, 2300), ((9, -7, 3), 3, 500)):
        data = bpy.data.lights.new("light", "AREA")
        data.size, data.energy = size, watts
        aimed(bpy.data.objects.new("light", data), place, (0, 0, 0))
    data = bpy.data.cameras.new("camera")
    data.type, data.ortho_scale = "ORTHO", columns * SPACING + 0.3
    bpy.context.scene.camera = aimed(bpy.data.objects.new("camera", data), (0, -20, 0), (0, 0, 0))


if __name__ == "__main__":
    render(*(Path(each) for each in sys.argv[1:]))
