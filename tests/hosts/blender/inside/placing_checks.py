"""Materials placed where that is hard: on what has no UVs, enlarged, and where no file can be written."""

import os
import sys

sys.path.insert(0, os.path.dirname(__file__))

import bpy
import measures
import numpy as np
from reporting import SETTINGS, check, connect, desk, install, part, until


def fresh_scene(size_px=128, **settings):
    """A cube with UVs, one without, and a text, none of them selected."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.mesh.primitive_cube_add(size=2)
    bpy.context.object.name = "unwrapped"
    bpy.ops.mesh.primitive_cube_add(size=2)
    bpy.context.object.name = "bare"
    layers = bpy.context.object.data.uv_layers
    layers.remove(layers[0])
    bpy.ops.object.text_add()
    bpy.context.object.name = "text"
    bpy.context.scene.sfumato.size = str(size_px)
    for name, value in settings.items():
        setattr(bpy.context.scene.sfumato, name, value)
    group = part("controls").controls("material")
    group.prompt, group.steps, group.keep_seed, group.seed = "mossy red brick wall", 4, True, "3"


def select(*names):
    bpy.ops.object.select_all(action="DESELECT")
    for name in names:
        bpy.data.objects[name].select_set(True)
        bpy.context.view_layer.objects.active = bpy.data.objects[name]


def board():
    return part("materials").materials().board


def drawn():
    until(lambda: board().slots and all(slot.state != "drawing" for slot in board().slots), "materials")
    return board().slots


def worn_by(name):
    return bpy.data.objects[name].active_material


def node_of(material, name):
    return material.node_tree.nodes.get(name)


def slope(material):
    """How steep the normal map is, in the mean."""
    normals = measures.pixels(measures.images_of(material)["normal"])[..., :3] * 2 - 1
    return float((np.hypot(normals[..., 0], normals[..., 1]) / normals[..., 2]).mean())


def depth_of(material):
    return node_of(material, "Sfumato Displacement").inputs["Scale"].default_value


def applied_to_what_has_no_uvs():
    """A material that lies by UVs shows one colour there: it gets one that is projected from six sides."""
    fresh_scene()
    select("unwrapped")
    bpy.ops.sfumato.draw_material()
    (slot,) = drawn()
    select("bare", "text")
    bpy.ops.sfumato.apply_variation(key=slot.key)
    select("unwrapped")
    bpy.ops.sfumato.apply_variation(key=slot.key)
    bump = node_of(worn_by("bare"), "Sfumato Bump")
    return {
        "boxes": [part("material_nodes").is_box(worn_by(name)) for name in ("bare", "text")],
        "shared": worn_by("bare") == worn_by("text"),
        "bump": bump is not None and bump.inputs["Distance"].default_value > 0,
        "maps": sorted(measures.images_of(worn_by("bare"))),
    }


def drawn_for_some_with_uvs_and_some_without():
    """Of one material, all of them show the pattern; without displacement the bump stays."""
    fresh_scene(use_displacement=False)
    select("unwrapped", "bare")
    bpy.ops.sfumato.draw_material()
    drawn()
    bump = node_of(worn_by("bare"), "Sfumato Bump").inputs["Distance"]
    before = bump.default_value
    bpy.data.objects["bare"].scale = (0.25, 0.25, 0.25)
    bpy.context.view_layer.update()
    select("bare")
    bpy.ops.sfumato.refit_material()
    return [worn_by("bare") == worn_by("unwrapped"), before > 0, bump.default_value / before]


def enlarged_twice():
    """The relief is as deep as before, in the normals and in the displacement; what the artist has set is kept."""
    fresh_scene(size_px=256)
    workspace = desk().workspace("material")
    workspace.post_processors.append(part("core.workspace").Chosen("texture.maps", {"strength": 1.5}))
    select("unwrapped")
    bpy.ops.sfumato.draw_material()
    drawn()
    material = worn_by("unwrapped")
    node_of(material, "Sfumato Displacement").inputs["Scale"].default_value *= 2
    found = [[list(measures.images_of(material)["normal"].size), slope(material), depth_of(material)]]
    for _ in range(2):
        bpy.ops.sfumato.enlarge_variation(key=board().slots[0].key, factor=2.0)
        drawn()
        found.append([list(measures.images_of(material)["normal"].size), slope(material), depth_of(material)])
    bpy.context.scene.sfumato.size = "128"
    bpy.ops.sfumato.redraw_material()
    drawn()
    return [*found, [list(measures.images_of(material)["normal"].size), slope(material), depth_of(material)]]


def kept_beside_a_file_that_is_not_saved():
    """There is no folder beside it: packed, and told."""
    fresh_scene(storage="SAVE")
    select("unwrapped")
    bpy.ops.sfumato.draw_material()
    drawn()
    return [desk().studio.notice, all(image.packed_file for image in measures.images_of(worn_by("unwrapped")).values())]


def kept_where_nothing_can_be_written():
    """A file is where the folder should be: packed, told, and the timer goes on."""
    fresh_scene(storage="SAVE")
    folder = os.path.join(SETTINGS["home"], "no room ä")
    os.makedirs(folder)
    with open(os.path.join(folder, "textures"), "w"):
        pass
    bpy.ops.wm.save_as_mainfile(filepath=os.path.join(folder, "a wall.blend"))
    select("unwrapped")
    bpy.ops.sfumato.draw_material()
    drawn()
    return [desk().studio.notice, all(image.packed_file for image in measures.images_of(worn_by("unwrapped")).values())]


def a_mistake_of_ours():
    """What is raised on a turn of the timer is told; a timer that raises would be called no more."""

    def raises():
        raise RuntimeError("on purpose")

    pulse, real = part("pulse").pulse(), desk().drain
    desk().drain = raises
    desk().woken.set()
    try:
        pause_s = pulse._drain_if_woken()
    finally:
        desk().drain = real
    return [pause_s > 0, desk().studio.notice]


install()
connect()
for each in (
    applied_to_what_has_no_uvs, drawn_for_some_with_uvs_and_some_without, enlarged_twice,
    kept_beside_a_file_that_is_not_saved, kept_where_nothing_can_be_written, a_mistake_of_ours,
):  # fmt: skip
    check(each)
