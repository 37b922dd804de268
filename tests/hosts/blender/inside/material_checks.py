"""Materials from the prompt to the object, in one life of Blender."""

import os
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(__file__))

import bpy
import measures
import numpy as np
from reporting import MODULE, PATIENCE_S, SETTINGS, check, connect, desk, disable, install, part, turns, until


def fresh_scene():
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.mesh.primitive_cube_add(size=2)
    bpy.context.scene.sfumato.size = "128"
    group = part("controls").controls("material")
    group.prompt, group.steps, group.count = "mossy red brick wall", 4, 1
    # A figure of a picture that nobody chose fails once in a while by the picture alone.
    group.keep_seed, group.seed = True, "3"
    return bpy.context.object


def board():
    return part("materials").materials().board


def drawn():
    until(lambda: board().slots and all(slot.state != "drawing" for slot in board().slots), "materials")
    return board().slots


def one_material():
    """Draw one for the selected cube."""
    cube = fresh_scene()
    bpy.ops.ed.undo_push(message="before")
    names_before = {len(getattr(bpy.data, each)) for each in ("materials", "images")}
    bpy.ops.sfumato.draw_material()
    nothing_yet = names_before == {len(getattr(bpy.data, each)) for each in ("materials", "images")}
    drawn()
    material = cube.active_material
    images = measures.images_of(material)
    kept = material.get("sfumato_recipe", "")
    return {
        "nothing before it is done": nothing_yet,
        "name": material.name,
        "wires": {role: sorted(measures._ends(node)) for role, node in _nodes(material).items()},
        "images": {role: measures.settings_of(image) for role, image in images.items()},
        "seams": {role: measures.seam(image) for role, image in images.items()},
        "normals": measures.normal_lengths(images["normal"]),
        "agreement": measures.agreement(images["normal"], images["height"], 12.0),
        "shades": len(np.unique(measures.pixels(images["height"])[..., 0])),
        "asset": [material.asset_data is not None, list(material.preview.image_size), "mossy" in kept],
        "preview": float(np.ptp(np.array(material.preview.image_pixels_float))),
        "scale": list(_nodes_named(material, "Sfumato Mapping").inputs["Scale"].default_value),
        "relief": _nodes_named(material, "Sfumato Displacement").inputs["Scale"].default_value,
        "method": (material if hasattr(material, "displacement_method") else material.cycles).displacement_method,
    }


def undo_takes_all_of_it_back_in_one_step():
    """The material of the last check goes, and comes back with redo; the variation can be applied again."""
    slot = board().slots[0]
    bpy.ops.ed.undo()
    gone = [len(bpy.data.materials), len([each for each in bpy.data.images if each.type == "IMAGE"])]
    worn = bpy.data.objects["Cube"].active_material
    again = bpy.ops.sfumato.apply_variation(key=slot.key)
    made = bpy.data.objects["Cube"].active_material
    return {"left": gone, "worn": worn is not None, "again": list(again), "made": made.name}


def saved_and_opened_again():
    """Pixels, colour spaces, preview, history and settings come back; nothing is a reference of before."""
    path = os.path.join(SETTINGS["home"], "wall.blend")
    before = {role: measures.pixels(image) for role, image in measures.images_of(_worn()).items()}
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    empty = [len(board().slots), part("controls").controls("material").prompt]
    bpy.ops.wm.open_mainfile(filepath=path)
    desk().read_file()
    after = {role: measures.pixels(image) for role, image in measures.images_of(_worn()).items()}
    return {
        "empty": empty,
        "same": {role: bool(np.array_equal(before[role], after[role])) for role in before},
        "spaces": {role: image.colorspace_settings.name for role, image in measures.images_of(_worn()).items()},
        "asset": _worn().asset_data is not None,
        "prompt": part("controls").controls("material").prompt,
        "history": [entry.title for entry in desk().history("material").entries if not entry.layer],
    }


def drawn_again_after_opening():
    """The material knows what it was drawn with: re-roll changes its maps and nothing else."""
    material, before = _worn(), {role: measures.pixels(image) for role, image in measures.images_of(_worn()).items()}
    name, nodes = material.name, len(material.node_tree.nodes)
    bpy.context.view_layer.objects.active = bpy.data.objects["Cube"]
    bpy.ops.sfumato.redraw_material()
    drawn()
    after = {role: measures.pixels(image) for role, image in measures.images_of(_worn()).items()}
    return {
        "name": _worn().name == name,
        "nodes": len(_worn().node_tree.nodes) == nodes,
        "differ": {role: not np.array_equal(before[role], after[role]) for role in before},
        "images": len([each for each in bpy.data.images if each.type == "IMAGE"]),
    }


def brought_back_from_the_history():
    """What the file remembers comes from the daemon, without being drawn again."""
    part("materials").materials().board.clear()
    entry = next(each for each in desk().history("material").entries if not each.layer)
    ticket, index = entry.key.split("/")[:2]
    bpy.ops.sfumato.bring_back(ticket=ticket, image_index=int(index))
    slots = drawn()
    return [[slot.state, sorted(slot.made.maps)] for slot in slots]


def variations():
    """Three side by side; one drawn again, the others kept; laid out in the scene; one enlarged."""
    fresh_scene()
    part("controls").controls("material").count = 3
    bpy.ops.sfumato.draw_material()
    first, second, third = drawn()
    seeds = [slot.made.seed for slot in (first, second, third)]
    bpy.ops.sfumato.draw_again(key=second.key)
    drawn()
    again = [slot.made.seed for slot in board().slots]
    bpy.ops.sfumato.lay_out_variations()
    balls = {each.name: each.active_material.name for each in bpy.data.objects if each.name != "Cube"}
    bpy.ops.sfumato.enlarge_variation(key=third.key, factor=2.0)
    drawn()
    larger = measures.images_of(third.material.find())
    return {
        "seeds": [len(set(seeds)), [a == b for a, b in zip(seeds, again, strict=True)]],
        "balls": [len(balls), len(set(balls.values()))],
        "larger": {role: [list(image.size), measures.seam(image)] for role, image in larger.items()},
        "thumbnails": sorted(_thumbnails()) == sorted(slot.made.key for slot in board().slots),
    }


def from_a_photograph():
    """A picture with a strong fall of light, not square: seamless afterwards, with all maps."""
    fresh_scene()
    rng = np.random.default_rng(7)
    image = bpy.data.images.new("photo", 160, 128)
    plane = rng.random((16, 20, 3)).repeat(8, 0).repeat(8, 1) * np.linspace(0.2, 1.0, 160)[None, :, None]
    image.pixels.foreach_set(np.dstack([plane, np.ones((128, 160))]).astype(np.float32).ravel())
    before = measures.seam(image)
    bpy.context.scene.sfumato.source = image
    bpy.ops.sfumato.material_from_image()
    drawn()
    images = measures.images_of(_worn())
    return {
        "seam before": before,
        "seams": {role: measures.seam(each) for role, each in images.items()},
        "sizes": sorted({tuple(each.size) for each in images.values()}),
        "roles": sorted(images),
    }


def beside_the_file():
    """Textures as PNG files in a folder of the artist's, named after what they are."""
    fresh_scene()
    folder = os.path.join(SETTINGS["home"], "textures")
    bpy.ops.wm.save_as_mainfile(filepath=os.path.join(SETTINGS["home"], "beside.blend"))
    settings = bpy.context.scene.sfumato
    settings.storage = "SAVE"
    bpy.ops.sfumato.draw_material()
    drawn()
    images = measures.images_of(_worn())
    return {
        "files": sorted(os.listdir(folder)),
        "paths": sorted(image.filepath for image in images.values()),
        "packed": [bool(image.packed_file) for image in images.values()],
        "spaces": {role: image.colorspace_settings.name for role, image in images.items()},
        "seam": measures.seam(images["normal"]),
    }


def cancelled():
    """Cancel this very job: the other one goes on; nothing of the file changes by the one."""
    fresh_scene()
    part("controls").controls("material").steps = 40
    bpy.context.scene.sfumato.size = "512"
    bpy.ops.sfumato.draw_material()
    slow = desk().studio.queue()[0]
    part("controls").controls("material").steps = 1
    bpy.context.scene.sfumato.size = "128"
    bpy.ops.sfumato.draw_material()
    quick = next(job for job in desk().studio.queue() if job.ticket != slow.ticket)
    bpy.ops.sfumato.cancel(ticket=slow.ticket)
    drawn()
    return {
        "states": [slow.state, quick.state],
        "slots": [slot.state for slot in board().slots],
        "materials": len(bpy.data.materials),
    }


def no_camera_no_selection():
    """Without a selection the material waits on the board; applied without one, it is in the file all the same."""
    fresh_scene()
    bpy.ops.object.select_all(action="DESELECT")
    bpy.ops.sfumato.draw_material()
    (slot,) = drawn()
    before = len(bpy.data.materials)
    bpy.ops.sfumato.apply_variation(key=slot.key)
    return [before, len(bpy.data.materials), bpy.data.objects["Cube"].active_material is None]


def drawn_again_without_displacement():
    """A material whose nodes the artist has deleted gets them anew, by the settings of now."""
    (slot,) = board().slots
    material, scene, reliefs = slot.material.find(), bpy.context.scene, []
    for is_displaced, metres_per_unit in ((True, 1.0), (True, 0.5), (False, 1.0)):
        scene.sfumato.use_displacement, scene.unit_settings.scale_length = is_displaced, metres_per_unit
        material.node_tree.nodes.clear()
        part("material_placing").replace(material, slot.made, scene.sfumato)
        reliefs.append(_nodes_named(material, "Sfumato Displacement").inputs["Scale"].default_value)
    return [reliefs[1] / reliefs[0], reliefs[2]]


def a_variation_that_is_gone():
    """Every button of it does nothing."""
    names = ("apply_variation", "draw_again", "enlarge_variation", "keep_variation", "discard_variation")
    before = [len(board().slots), len(bpy.data.materials)]
    ended = [sorted(getattr(bpy.ops.sfumato, name)(key="gone/0")) for name in names]
    return [ended, before == [len(board().slots), len(bpy.data.materials)]]


def faces_in_edit_mode():
    """Only the selected faces get it."""
    cube = fresh_scene()
    cube.data.materials.append(bpy.data.materials.new("old"))
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="DESELECT")
    bpy.ops.object.mode_set(mode="OBJECT")
    cube.data.polygons[0].select = True
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.sfumato.draw_material()
    drawn()
    bpy.ops.object.mode_set(mode="OBJECT")
    return [len(cube.material_slots), [face.material_index for face in cube.data.polygons]]


def scales():
    """Repeats for each UV unit of planes of 0.5 m and 20 m, a cube without UVs, and a tile size that is given."""
    placing, bpy_ops = part("mapping"), bpy.ops.mesh
    found = {}
    for side in (0.5, 20.0):
        bpy_ops.primitive_plane_add(size=side)
        found[f"plane {side}"] = [*placing.fit([bpy.context.object], 0.0, 1.0)]
    bpy_ops.primitive_plane_add(size=4)
    bpy.context.object.scale = (1, 0.5, 1)
    bpy.context.view_layer.update()
    found["long plane"] = [*placing.fit([bpy.context.object], 0.0, 1.0)]
    bpy_ops.primitive_plane_add(size=20.0)
    found["given"] = [*placing.fit([bpy.context.object], 0.5, 2.0)]
    bpy_ops.primitive_cube_add(size=1, calc_uvs=False)
    bpy.context.object.data.uv_layers and bpy.context.object.data.uv_layers.remove(bpy.context.object.data.uv_layers[0])
    found["no UVs"] = [*placing.fit([bpy.context.object], 0.0, 1.0)]
    return found


def longest_turns():
    return sorted((turn[:2] for turn in turns), reverse=True)[:8]


def nothing_is_left():
    """After disabling: no class, property, handler, timer, thread or child of ours."""
    pids = [channel.pid for channel in desk()._channels]
    disable()
    deadline = time.monotonic() + PATIENCE_S
    while any("sfumato" in each.name for each in threading.enumerate()) and time.monotonic() < deadline:
        time.sleep(0.01)
    handlers = [each for name in dir(bpy.app.handlers) for each in _listed(name)]
    return {
        "classes": [name for name in dir(bpy.types) if "sfumato" in name.lower()],
        "properties": [
            f"{owner.__name__}.{name}"
            for owner in (bpy.types.WindowManager, bpy.types.Scene)
            for name in dir(owner)
            if "sfumato" in name
        ],
        "handlers": [repr(each) for each in handlers if MODULE in getattr(each, "__module__", "")],
        "threads": [each.name for each in threading.enumerate() if "sfumato" in each.name],
        "children": [pid for pid in pids if pid and os.path.exists(f"/proc/{pid}")],
        "operators": hasattr(bpy.types, "SFUMATO_OT_draw_material"),
    }


def _thumbnails():
    return list(part("materials").materials().thumbnails._previews)


def _listed(name):
    found = getattr(bpy.app.handlers, name)
    return found if isinstance(found, list) else []


def _worn():
    return bpy.data.objects["Cube"].active_material


def _nodes(material):
    return {node["sfumato_role"]: node for node in material.node_tree.nodes if "sfumato_role" in node}


def _nodes_named(material, name):
    return material.node_tree.nodes[name]


install()
connect()
for each in (
    one_material, undo_takes_all_of_it_back_in_one_step, saved_and_opened_again, drawn_again_after_opening,
    brought_back_from_the_history, variations, from_a_photograph, beside_the_file, cancelled, no_camera_no_selection,
    drawn_again_without_displacement, a_variation_that_is_gone, faces_in_edit_mode, scales, longest_turns,
    nothing_is_left,
):  # fmt: skip
    check(each)
