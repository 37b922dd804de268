"""The add-on in a Blender with its window: the timer drains by itself, panels are drawn, screenshots are taken."""

import itertools
import json
import os
import subprocess
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(__file__))

import addon_utils
import bpy
import reporting
from reporting import SETTINGS, desk, install, part

_PATIENCE_S = 450
SCREEN_PX = (1600, 1000)
_SOCKETS = {"Base Color", "Roughness", "Normal", "Displacement"}
_found = {"errors": []}
#: Of each turn of the adapter's timer: seconds, seconds of the processor.
_turns = []


def until(true, what, patience_s=_PATIENCE_S):
    """Let Blender turn until this is so."""
    deadline = time.monotonic() + patience_s
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {patience_s} s for {what}: {desk().session.state} {desk().studio.notice!r}")
        yield 0.05


def shot(name):
    """A picture of the whole window, once it was drawn again."""
    for area in bpy.context.window_manager.windows[0].screen.areas:
        area.tag_redraw()
    yield 0.6
    path = os.path.join(SETTINGS["home"], f"{name}.png")
    # Blender's own operator reads a buffer that software rendering has swapped away.
    subprocess.run(["import", "-window", "root", path], check=True)


def walk():
    """An artist's first minutes."""
    install()
    _time_the_timer()
    window = bpy.context.window_manager.windows[0]
    yield 0.5
    view, lower = _arrange(window)
    yield 0.5
    yield from _open_our_tab(view)
    yield from shot("off")
    _found["off"] = desk().session.state.name
    scene = bpy.context.scene
    scene.sfumato.size = SETTINGS.get("size", "128")
    group = part("controls").controls("material")
    group.prompt, group.steps, group.count = "mossy red brick wall", SETTINGS.get("steps", 2), 2
    with _over(window, view):
        bpy.ops.mesh.primitive_uv_sphere_add(segments=64, ring_count=32, radius=1.2)
        bpy.ops.object.shade_smooth()
        bpy.ops.view3d.view_selected()
        bpy.ops.ed.undo_push(message="ball")
        bpy.ops.sfumato.draw_material()
    yield from until(lambda: any(job.state not in ("sending", "queued") for job in desk().studio.jobs.all()), "the job")
    yield from shot("drawing")
    slots = part("materials").materials().board.slots
    yield from until(lambda: slots_ready(), "materials")
    material = bpy.data.objects["Sphere"].active_material
    _found["worn"] = material.name
    _found["wired"] = sorted({link.to_socket.name for link in material.node_tree.links} & _SOCKETS)
    view.spaces.active.shading.type = "MATERIAL"
    yield 3.0
    _show_nodes(lower)
    yield 1.0
    yield from _open_our_tab(lower)
    with _over(window, lower):
        bpy.ops.node.view_all()
    yield 1.0
    yield from shot("material")
    _found["icons"] = [part("materials").materials().thumbnails.icon(slot.key) > 0 for slot in slots]
    yield from _undo(window, view)
    yield from _concept(window, view, lower)
    yield from _every_panel(view)
    _found["turns"] = [len(_turns), sorted(_turns, reverse=True)[:6]]


def slots_ready():
    slots = part("materials").materials().board.slots
    return slots and all(slot.state == "ready" for slot in slots)


def _undo(window, view):
    with _over(window, view):
        bpy.ops.ed.undo()
        yield 0.3
    _found["undone"] = [_found["worn"] in bpy.data.materials, "Sphere" in bpy.data.objects]
    with _over(window, view):
        bpy.ops.ed.redo()
        yield 0.3
    _found["redone"] = bpy.data.objects["Sphere"].active_material is not None


def _concept(window, view, lower):
    """Over what the 3D view shows, whose depth must be that of the picture."""
    lower.ui_type = "IMAGE_EDITOR"
    bpy.context.scene.sfumato.concept_px = 256
    views = part("views")
    with _over(window, view):
        look = views.look_of(bpy.context)
        picture = views.picture_of_view((256, 144), look)
        shapes = views.shape_of_view((256, 144), look)
    pixels = part("pixels")
    ball = pixels.array_of(shapes["depth"])[..., 0] > 0
    _found["view"] = [picture.width_px, picture.height_px, _overlap(pixels.array_of(picture), ball)]
    group = part("controls").controls("concept")
    group.prompt, group.mode, group.steps, group.strength = "polished marble", "refine", SETTINGS.get("steps", 4), 0.6
    with _over(window, view):
        bpy.ops.sfumato.draw_concept(source="view:picture")
    yield from until(lambda: part("pictures").pictures().recent or desk().studio.notice, "concept art")
    _found["concept"] = [desk().studio.notice, len(part("pictures").pictures().recent)]
    yield from shot("concept")


def _every_panel(view):
    """All panels of all editors, none folded, with the forms of what the model uses: whatever they draw is drawn."""
    reporting.disable()
    panels = part("panels")
    for each in vars(panels).values():
        if isinstance(each, type) and "DEFAULT_CLOSED" in getattr(each, "bl_options", ()):
            each.bl_options = set()
    for each in panels.CLASSES:  # by their names Blender remembers what was folded
        each.bl_idname = f"{each.__name__}_open"
        if hasattr(each, "bl_parent_id"):
            each.bl_parent_id += "_open"
    addon_utils.enable(reporting.MODULE, default_set=True)
    bpy.ops.sfumato.connect()
    yield from until(lambda: desk().session.state.name == "ready" and desk().session.catalogue.models, "the daemon")
    for purpose, chain, what in (("material", "post_processors", "upscale.enlarge"), ("concept", "conditioners", "")):
        cards = desk().session.catalogue.of_chain(chain)
        part_id = what or cards[0].id
        bpy.ops.sfumato.chain_add(purpose=purpose, chain=chain, contribution=part_id)
    for name, editor in (("all_view", "VIEW_3D"), ("all_nodes", "ShaderNodeTree"), ("all_image", "IMAGE_EDITOR")):
        view.ui_type = editor
        view.spaces.active.show_region_ui = True
        if editor == "IMAGE_EDITOR":
            view.spaces.active.image = next(each for each in bpy.data.images if each.type == "IMAGE")
        yield 0.8
        yield from _open_our_tab(view)
        yield from shot(name)
    _found["forms"] = len(part("forms").forms()._groups)


def _overlap(picture, ball):
    """Intersection over union of what is not the view's even background, and of what is near."""
    import numpy as np

    background = np.median(picture[[0, -1], :, :3].reshape(-1, 3), axis=0)
    there = np.abs(picture[..., :3].astype(float) - background).max(axis=2) > 24
    return float((there & ball).sum() / (there | ball).sum())


def _arrange(window):
    """A large 3D view with its sidebar on our tab, and an editor below."""
    areas = {area.type: area for area in window.screen.areas}
    view = areas["VIEW_3D"]
    view.spaces.active.show_region_ui = True
    lower = max((area for area in window.screen.areas if area != view), key=lambda area: area.width * area.height)
    for thing in [each for each in bpy.data.objects if each.name == "Cube"]:
        bpy.data.objects.remove(thing)
    return view, lower


def _open_our_tab(area):
    """Press the tabs of a sidebar from the top until ours is open, as a hand would; no script may choose a tab."""
    region = next(each for each in area.regions if each.type == "UI")
    bottom = SCREEN_PX[1]  # Blender counts from below, the screen from above
    column = region.x + region.width - 10
    deadline = time.monotonic() + _PATIENCE_S
    for down in itertools.cycle(range(30, min(region.height, 500), 14)):
        row = bottom - region.y - region.height + down
        subprocess.run(["xdotool", "mousemove", str(column), str(row), "click", "1"], check=True)
        yield 0.25
        if region.active_panel_category == "Sfumato":
            return
        if time.monotonic() > deadline:
            raise TimeoutError("no press of a tab opens ours")


def _show_nodes(lower):
    lower.ui_type = "ShaderNodeTree"
    lower.spaces.active.show_region_ui = True


def _over(window, area):
    region = next(each for each in area.regions if each.type == "WINDOW")
    return bpy.context.temp_override(window=window, area=area, region=region)


def _time_the_timer():
    pulse = part("pulse").pulse()
    original = pulse._desk.drain

    def timed(*arguments):
        start, worked = time.perf_counter(), time.thread_time()
        original(*arguments)
        _turns.append((time.perf_counter() - start, time.thread_time() - worked))

    pulse._desk.drain = timed


def _turn():
    try:
        return next(_steps)
    except StopIteration:
        pass
    except Exception:
        _found["errors"].append(traceback.format_exc())
    with open(os.environ["SFUMATO_REPORT"] + ".part", "w") as stream:
        json.dump({name: {"value": value} for name, value in _found.items()}, stream)
    os.replace(os.environ["SFUMATO_REPORT"] + ".part", os.environ["SFUMATO_REPORT"])
    bpy.ops.wm.quit_blender()
    return None


bpy.context.preferences.view.show_splash = False
_steps = walk()
bpy.app.timers.register(_turn, first_interval=1.0)
