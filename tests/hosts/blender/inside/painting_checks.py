"""Meshes painted in one life of Blender: from the prompt to the texture on the object."""

import os
import signal
import sys
import threading

sys.path.insert(0, os.path.dirname(__file__))

import bpy
import mathutils
import measures
import numpy as np
from reporting import SETTINGS, check, connect, desk, disable, install, part, until

SIZE_PX = 256


def fresh(*shapes, **settings):
    """An empty file with these shapes, selected, and quick settings."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    for number, shape in enumerate(shapes):
        getattr(bpy.ops.mesh, f"primitive_{shape}_add")(location=(3 * number, 0, 0))
    for each in bpy.data.objects:
        each.select_set(True)
    group, painting = part("controls").controls("painting"), bpy.context.scene.sfumato_painting
    group.prompt, group.steps, group.keep_seed, group.seed = "mossy red brick wall", 2, True, "5"
    painting.size, painting.view_count, painting.view_px = str(SIZE_PX), 2, 128
    for name, value in settings.items():
        setattr(painting, name, value)
    return bpy.context.object


def desk_of_paintings():
    return part("paintings").paintings()


def repaint(thing):
    """Paint what the 3D view sees of it, and wait for it."""
    before = len(desk_of_paintings().painter.paintings())
    assert desk_of_paintings().paint([thing], Look), desk().studio.notice
    until(lambda: len(desk_of_paintings().painter.paintings()) > before, "an order")
    return ended()


def newest():
    return desk_of_paintings().painter.paintings()[-1]


def ended(what="a painting"):
    """Wait for the last painting and for what follows from it."""
    painting = newest()
    until(lambda: not painting.open and not desk().workbench.busy, what)
    return painting


def node_of(thing):
    return part("painting_material").painted_node(thing)[1]


def texture_of(thing):
    """(H, W, 4) as whole numbers, the first row at the top."""
    return np.rint(measures.pixels(node_of(thing).image) * 255).astype(np.uint8)


def shape_of(thing):
    """Everything of a mesh that painting must not change."""
    mesh = thing.data
    points = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", points)
    return [points.tolist(), [list(each.vertices) for each in mesh.polygons], [each.name for each in mesh.uv_layers]]


def a_cube_is_painted():
    cube = fresh("cube", view_count=4)
    before = shape_of(cube)
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.sfumato.paint_mesh()
    grown = []

    def over():
        growing = [each for each in bpy.data.images if each.name.endswith("(painting)")]
        if growing and len(grown) < 3:
            worn = cube.active_material
            grown.append([list(growing[0].size), worn.name if worn else "", float(measures.pixels(growing[0]).std())])
        return not newest().open and not desk().workbench.busy

    until(over, "a painted cube")
    painting, node = newest(), node_of(cube)
    return {
        "state": painting.state,
        "fault": painting.fault and painting.fault.message,
        "grown": grown,
        "views": [painting.views_done, painting.view_count],
        "texture": [node.image.name, list(node.image.size), node.image.colorspace_settings.name],
        "packed": bool(node.image.packed_file),
        "spread": float(texture_of(cube)[..., :3].std()),
        "wires": sorted(measures._ends(node)),
        "active": cube.active_material.node_tree.nodes.active.name,
        "same shape": shape_of(cube) == before,
        "left": sorted(each.name for each in (*bpy.data.images, *bpy.data.materials) if "(painting)" in each.name),
        "kept": desk_of_paintings().kept,
    }


def one_undo_takes_it_back():
    bpy.ops.ed.undo()
    undone = [bpy.data.objects["Cube"].active_material is None, len(bpy.data.materials)]
    bpy.ops.ed.redo()
    return {"undone": undone, "redone": node_of(bpy.data.objects["Cube"]) is not None}


def saved_and_opened_again():
    before = texture_of(bpy.data.objects["Cube"])
    path = os.path.join(SETTINGS["home"], "painted.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.wm.open_mainfile(filepath=path)
    return bool(np.array_equal(texture_of(bpy.data.objects["Cube"]), before))


def several_objects_and_a_modifier():
    """Each its own texture; the second is subdivided, mirrored in space, and keeps its material's other settings."""
    fresh("cube", "torus", target="BASE")
    torus = bpy.data.objects["Torus"]
    torus.scale.x = -1.0
    torus.modifiers.new("finer", "SUBSURF").levels = 1
    own = bpy.data.materials.new("own")
    own.use_nodes = True
    own.node_tree.nodes["Principled BSDF"].inputs["Roughness"].default_value = 0.125
    torus.data.materials.append(own)
    before = [shape_of(each) for each in bpy.data.objects]
    bpy.ops.sfumato.paint_mesh()
    painting = ended()
    sent = {each.name: each.triangle_count for each in painting.order.meshes}
    return {
        "state": painting.state,
        "fault": painting.fault and painting.fault.message,
        "triangles": sent,
        "textures": sorted(painting.textures),
        "spreads": [float(texture_of(each)[..., :3].std()) for each in bpy.data.objects],
        "torus wears": torus.active_material.name,
        "roughness": torus.active_material.node_tree.nodes["Principled BSDF"].inputs["Roughness"].default_value,
        "same shapes": [shape_of(each) for each in bpy.data.objects] == before,
    }


def without_uvs():
    """A monkey that has none."""
    monkey = fresh("monkey", view_count=1)
    while monkey.data.uv_layers:
        monkey.data.uv_layers.remove(monkey.data.uv_layers[0])
    return monkey


def missing_uvs():
    """They are told, new ones are made where that is wanted, in a layer of their own, and then it is painted."""
    monkey = without_uvs()
    before = shape_of(monkey)
    bpy.ops.sfumato.paint_mesh()
    refused = ended()
    words, layers = refused.fault.message, len(monkey.data.uv_layers)
    bpy.ops.sfumato.unwrap_for_painting(ticket=refused.ticket)
    until(lambda: newest() is not refused, "new UVs")
    painting = ended()
    after = shape_of(monkey)
    return {
        "told": [refused.wants_uvs, words, layers],
        "state": painting.state,
        "layers": after[2],
        "same shape": after[:2] == before[:2],
        "painted by": node_of(monkey).inputs["Vector"].links[0].from_node.uv_map,
    }


def new_uvs_that_nobody_waits_for():
    """Dismissed while they are made: they are not put anywhere, and nothing is painted."""
    monkey = without_uvs()
    bpy.ops.sfumato.paint_mesh()
    refused = ended()
    bpy.ops.sfumato.unwrap_for_painting(ticket=refused.ticket)
    bpy.ops.sfumato.dismiss_painting(ticket=refused.ticket)
    until(lambda: not desk_of_paintings().painter._unwrapping, "new UVs")
    return [len(monkey.data.uv_layers), len(desk_of_paintings().painter.open())]


def overlapping():
    """A cube whose UVs overlap."""
    cube = fresh("cube", view_count=1)
    for loop in cube.data.uv_layers.active.data:
        loop.uv = (loop.uv[0] % 0.5, loop.uv[1])
    return cube


def overlapping_uvs():
    """Painted as they are where that is wanted, and never before."""
    cube = overlapping()
    bpy.ops.sfumato.paint_mesh()
    refused = ended()
    unpainted = node_of(cube) is None
    bpy.ops.sfumato.paint_as_they_are(ticket=refused.ticket)
    painting = ended()
    return {"told": [refused.wants_uvs, refused.fault.message], "unpainted": unpainted, "state": painting.state}


def overlapping_uvs_from_a_view():
    """Painted from the view that was asked for, not from all sides."""
    assert desk_of_paintings().paint([overlapping()], Look), desk().studio.notice
    refused = ended()
    bpy.ops.sfumato.paint_as_they_are(ticket=refused.ticket)
    painting = ended()
    same = painting.order.view is not None and painting.order.view == refused.order.view
    return {"told": refused.wants_uvs, "same view": same, "state": painting.state}


def cancelled_and_continued():
    """What the views have brought is kept, the object looks as before, and the end is that of an unbroken painting."""
    cube = fresh("cube", view_count=4)
    bpy.ops.sfumato.paint_mesh()
    ended()
    whole = texture_of(cube)
    cube = fresh("cube", view_count=4)
    bpy.ops.sfumato.paint_mesh()
    painting = newest()
    until(lambda: painting.views_done, "a first view")
    bpy.ops.sfumato.cancel_painting(ticket=painting.ticket)
    ended()
    looks = [cube.active_material is None, len(cube.data.materials), len(bpy.data.images)]
    kept = desk_of_paintings().kept is not None
    bpy.ops.sfumato.continue_painting()
    again = ended()
    return {
        "cancelled": [painting.state, painting.can_go_on, looks],
        "kept": kept,
        "continued": [again.state, again.fault and again.fault.message],
        "same": bool(np.array_equal(texture_of(cube), whole)),
    }


class Look:
    """What a 3D view tells of itself, where there is none: from the front and a little above."""

    view_perspective = "PERSP"
    turn = mathutils.Matrix.Translation((0, -6, 1.5)) @ mathutils.Matrix.Rotation(1.325, 4, "X")
    view_matrix = turn.inverted()
    window_matrix = mathutils.Matrix(((2.4, 0, 0, 0), (0, 3.2, 0, 0), (0, 0, -1.002, -0.2), (0, 0, -1, 0)))


def repainted_from_a_view():
    """A mask, then selected faces: what is outside of them is the same to the bit, and nothing is lost by undo."""
    cube = fresh("cube")
    bpy.ops.sfumato.paint_mesh()
    ended()
    whole = texture_of(cube)
    name = node_of(cube).image.name
    bpy.ops.ed.undo_push(message="between")
    mask = bpy.data.images.new("mask", SIZE_PX, SIZE_PX, is_data=True)
    flat = np.zeros((SIZE_PX, SIZE_PX, 4), np.float32)
    flat[..., 3] = 1
    front = next(each for each in cube.data.polygons if each.normal.y < -0.9)
    number, places = front.index, np.array([cube.data.uv_layers.active.data[each].uv for each in front.loop_indices])
    low, high = (np.rint(edge * SIZE_PX).astype(int) for edge in (places.min(axis=0), places.max(axis=0)))
    middle = (low + high) // 2
    flat[low[1] + 8 : middle[1], low[0] + 8 : high[0] - 8, :3] = 1
    mask.pixels.foreach_set(flat.ravel())
    settings = bpy.context.scene.sfumato_painting
    settings.region, settings.mask = "MASK", mask
    part("controls").controls("painting").seed = "6"
    masked = repaint(cube)
    after = texture_of(cube)
    changed = (after != whole).any(axis=2)
    white = flat[::-1, :, 0] > 0
    brushed = {
        "state": [masked.state, masked.fault and masked.fault.message],
        "inside": float(changed[white].mean()),
        "outside": int(changed[~white].sum()),
        "new image": node_of(cube).image.name != name,
    }
    settings.region = "FACES"
    for each in cube.data.polygons:
        each.select = each.index == number
    chosen = repaint(cube)
    face = np.zeros((SIZE_PX, SIZE_PX), bool)
    rows = slice(max(SIZE_PX - high[1] - 4, 0), SIZE_PX - low[1] + 4)
    face[rows, max(low[0] - 4, 0) : high[0] + 4] = True
    again = (texture_of(cube) != after).any(axis=2)
    brushed["faces"] = [chosen.state, float(again[face].mean()), int(again[~face].sum())]
    bpy.ops.ed.undo()
    bpy.ops.ed.undo()
    cube = bpy.data.objects["Cube"]
    brushed["undone"] = bool(np.array_equal(texture_of(cube), whole))
    brushed["a mask without pixels"] = masked_by_a_lost_file(cube)
    return brushed


def masked_by_a_lost_file(thing):
    """What is said where the mask's file is not there any more."""
    mask = bpy.data.images.new("lost", 8, 8)
    mask.source, mask.filepath = "FILE", "//nowhere.png"
    settings = bpy.context.scene.sfumato_painting
    settings.region, settings.mask = "MASK", mask
    asked = desk_of_paintings().paint([thing])
    until(lambda: not desk().workbench.busy, "the mask")
    return [list(mask.size), asked, desk().studio.notice]


def daemon_killed_in_the_middle():
    """It is started again, and the painting goes on by itself."""
    cube = fresh("cube")
    part("controls").controls("painting").steps = 40
    bpy.ops.sfumato.paint_mesh()
    painting = newest()
    until(lambda: painting.drawing is not None, "a first step")
    folder = os.environ["SFUMATO_RUNTIME_DIR"]
    with open(os.path.join(folder, "daemon.json")) as stream:
        os.kill(int(__import__("json").load(stream)["pid"]), signal.SIGKILL)
    ended()
    return {"state": painting.state, "spread": float(texture_of(cube)[..., :3].std())}


def what_cannot_be_painted_is_told():
    """In words, in the notice; nothing is raised and nothing is changed."""
    found = {}
    cube = fresh("cube", region="MASK")
    found["no mask"] = [desk_of_paintings().paint([cube]), desk().studio.notice]
    bpy.context.scene.sfumato_painting.region = "FACES"
    found["no paint"] = [desk_of_paintings().paint([cube]), desk().studio.notice]
    found["nothing"] = [desk_of_paintings().paint([]), desk().studio.notice]
    return found


def a_deleted_object_leaves_its_texture():
    cube = fresh("cube", view_count=4)
    bpy.ops.sfumato.paint_mesh()
    painting = newest()
    until(lambda: painting.views_done, "a first view")
    bpy.data.objects.remove(cube)
    ended()
    images = [each for each in bpy.data.images if each.name.startswith("Cube Paint")]
    return {"state": painting.state, "kept": [each.use_fake_user for each in images], "notice": desk().studio.notice}


def another_file_is_opened_meanwhile():
    """What is still at the workbench then comes onto nothing of that file, though an object has the same name."""
    fresh("cube", view_count=4)
    may_go_on = threading.Event()
    desk().workbench.do(may_go_on.wait, lambda _: None)
    bpy.ops.sfumato.paint_mesh()
    painting = newest()
    until(lambda: not painting.open, "a painting that is not on its cube yet")
    cube = fresh("cube")
    may_go_on.set()
    until(lambda: not desk().workbench.busy, "what was at the workbench")
    return [painting.state, len(bpy.data.images), cube.active_material is None, desk().studio.notice]


def nothing_is_left():
    disable()
    return [hasattr(bpy.types.Scene, "sfumato_painting"), "paint_mesh" in dir(bpy.ops.sfumato)]


check(install)
check(connect)
for each in SETTINGS.get("only") or (
    "a_cube_is_painted", "one_undo_takes_it_back", "saved_and_opened_again", "several_objects_and_a_modifier",
    "missing_uvs", "new_uvs_that_nobody_waits_for", "overlapping_uvs", "overlapping_uvs_from_a_view",
    "cancelled_and_continued", "repainted_from_a_view",
    "daemon_killed_in_the_middle", "what_cannot_be_painted_is_told", "a_deleted_object_leaves_its_texture",
    "another_file_is_opened_meanwhile", "nothing_is_left",
):  # fmt: skip
    check(globals()[each])
