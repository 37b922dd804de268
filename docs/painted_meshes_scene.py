# ruff: noqa: ANN001, ANN201, ANN202 - Blender brings no types, so annotations would be words that nothing checks
"""The part of painted_meshes.py that runs in Blender's Python: it makes the meshes, and renders them with Cycles.

`python painted_meshes_scene.py make FOLDER` writes NAME.npz with positions and triangles (glTF's axes: +Y is up);
`python painted_meshes_scene.py render FOLDER PICTURE` reads NAME.npz with uvs and NAME.png, and renders them in a row.
"""

import math
import sys
from pathlib import Path

import bpy
import numpy as np

NAMES = ("monkey", "vase", "knot")
WIDTH_PX, HEIGHT_PX, SAMPLES = 1200, 440, 32
_SPACING, _SIZE = 2.8, 2.3


def make(folder):
    """The three meshes."""
    for name in NAMES:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        thing = globals()["_" + name]()
        mesh = thing.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
        mesh.calc_loop_triangles()
        positions = np.empty(len(mesh.vertices) * 3, np.float32)
        mesh.vertices.foreach_get("co", positions)
        triangles = np.empty(len(mesh.loop_triangles) * 3, np.int32)
        mesh.loop_triangles.foreach_get("vertices", triangles)
        x, y, z = positions.reshape(-1, 3).T
        np.savez(folder / f"{name}.npz", positions=np.stack([x, z, -y], axis=1), triangles=triangles.reshape(-1, 3))


def render(folder, picture):
    """All of them in one row, on a floor that is a wall as well."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    for number, name in enumerate(NAMES):
        thing = _painted(folder, name)
        thing.location.x = (number - 1) * _SPACING
    stage()
    shoot(picture)


def _monkey():
    bpy.ops.mesh.primitive_monkey_add()
    thing = bpy.context.object
    thing.modifiers.new("smooth", "SUBSURF").levels = 2
    return thing


def _vase():
    """A profile turned about its axis, walls and rim."""
    outer = [
        (0.0, -1.0),
        (0.42, -1.0),
        (0.5, -0.95),
        (0.62, -0.6),
        (0.78, -0.15),
        (0.8, 0.15),
        (0.66, 0.5),
        (0.42, 0.72),
    ]
    outer += [(0.34, 0.85), (0.4, 1.0), (0.47, 1.06), (0.43, 1.09), (0.35, 1.0), (0.28, 0.85), (0.3, 0.6), (0.0, 0.2)]
    around = 64
    points = [
        (r * math.cos(a), r * math.sin(a), z) for r, z in outer for a in (math.tau * i / around for i in range(around))
    ]
    faces = [
        (
            row * around + i,
            row * around + (i + 1) % around,
            (row + 1) * around + (i + 1) % around,
            (row + 1) * around + i,
        )
        for row in range(len(outer) - 1)
        for i in range(around)
    ]
    thing = plain_object("vase", points, faces)
    thing.modifiers.new("weld", "WELD").merge_threshold = 1e-4
    thing.modifiers.new("smooth", "SUBSURF").levels = 1
    return thing


def _knot():
    """A trefoil, thick enough to touch."""
    along, about, thick = 220, 24, 0.3

    def centre(t):
        reach = 0.72 + 0.3 * math.cos(3 * t)
        return np.array([reach * math.cos(2 * t), 0.42 * math.sin(3 * t), reach * math.sin(2 * t)])

    points = []
    for i in range(along):
        t = math.tau * i / along
        way = centre(t + 1e-3) - centre(t - 1e-3)
        way /= np.linalg.norm(way)
        side = np.cross(way, [0.0, 1.0, 0.0])
        side /= np.linalg.norm(side)
        up = np.cross(side, way)
        turns = (math.tau * j / about for j in range(about))
        points += [tuple(centre(t) + thick * (math.cos(a) * side + math.sin(a) * up)) for a in turns]
    faces = [
        (
            i * about + j,
            i * about + (j + 1) % about,
            (i + 1) % along * about + (j + 1) % about,
            (i + 1) % along * about + j,
        )
        for i in range(along)
        for j in range(about)
    ]
    return plain_object("knot", points, faces)


def plain_object(name, points, faces):
    """An object of polygons, in the scene."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(points, [], faces)
    mesh.validate()
    thing = bpy.data.objects.new(name, mesh)
    bpy.context.collection.objects.link(thing)
    return thing


def _painted(folder, name):
    with np.load(folder / f"{name}.npz") as found:
        x, y, z = found["positions"].T * (_SIZE / np.ptp(found["positions"], axis=0).max())
        points, triangles, uvs = np.stack([x, -z, y], axis=1), found["triangles"], found["uvs"]
    thing = plain_object(name, points.tolist(), triangles.tolist())
    layer = thing.data.uv_layers.new(name="paint")
    layer.data.foreach_set("uv", uvs.astype(np.float32).ravel())
    thing.data.polygons.foreach_set("use_smooth", np.ones(len(triangles), bool))
    thing.location.z = -points[:, 2].min()
    material = bpy.data.materials.new(name)
    if bpy.app.version < (5, 0, 0):
        material.use_nodes = True
    tree = material.node_tree
    shader = next((each for each in tree.nodes if each.type == "BSDF_PRINCIPLED"), None)
    image = tree.nodes.new("ShaderNodeTexImage")
    image.image = bpy.data.images.load(str(folder / f"{name}.png"))
    tree.links.new(image.outputs["Color"], shader.inputs["Base Color"])
    shader.inputs["Roughness"].default_value = {"monkey": 0.25, "vase": 0.75, "knot": 0.7}[name]
    thing.data.materials.append(material)
    return thing


def stage():
    """A curved backdrop, a large soft light and a smaller one, and the camera."""
    steps = [(-4, 0.0), (1.5, 0.0), (2.6, 0.25), (3.3, 0.95), (3.6, 2.2), (3.6, 7.0)]
    points = [(x, y, z) for y, z in steps for x in (-12, 12)]
    faces = [(2 * i, 2 * i + 1, 2 * i + 3, 2 * i + 2) for i in range(len(steps) - 1)]
    floor = plain_object("floor", points, faces)
    floor.modifiers.new("smooth", "SUBSURF").render_levels = 3
    material = bpy.data.materials.new("floor")
    if bpy.app.version < (5, 0, 0):
        material.use_nodes = True
    shader = next(each for each in material.node_tree.nodes if each.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value, shader.inputs["Roughness"].default_value = (0.82, 0.8, 0.77, 1), 0.9
    floor.data.materials.append(material)
    for place, size, watts in (((-4, -4, 5), 4, 330), ((5, -3, 3), 2, 100), ((0, 2.5, 6), 3, 60)):
        data = bpy.data.lights.new("light", "AREA")
        data.size, data.energy = size, watts
        aimed(bpy.data.objects.new("light", data), place, (0, 0, 0.8))
    data = bpy.data.cameras.new("camera")
    data.lens = 54
    bpy.context.scene.camera = aimed(bpy.data.objects.new("camera", data), (0, -13.2, 3.0), (0, 0, 0.95))


def aimed(thing, place, target):
    """The thing, put in a place of the scene and turned to a target."""
    from mathutils import Vector

    thing.location = place
    thing.rotation_euler = (Vector(target) - Vector(place)).to_track_quat("-Z", "Y").to_euler()
    bpy.context.collection.objects.link(thing)
    return thing


def shoot(picture, width_px=WIDTH_PX, height_px=HEIGHT_PX):
    """Render the scene into a PNG."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = SAMPLES, True
    scene.render.resolution_x, scene.render.resolution_y = width_px, height_px
    world = bpy.data.worlds.new("world")
    scene.world = world
    if bpy.app.version < (5, 0, 0):
        world.use_nodes = True
    world.node_tree.nodes["Background"].inputs["Strength"].default_value = 0.25
    scene.view_settings.view_transform = "Standard"
    scene.render.filepath = str(picture)
    scene.render.image_settings.file_format = "PNG"
    bpy.ops.render.render(write_still=True)


if __name__ == "__main__":
    order, rest = sys.argv[1], [Path(each) for each in sys.argv[2:]]
    {"make": make, "render": render}[order](*rest)
