"""Painting in a Blender with its window: from the panel, growing by the timer, and again from the 3D view."""

import os
import sys

sys.path.insert(0, os.path.dirname(__file__))

import bpy
import numpy as np
import window_checks as hands
from reporting import SETTINGS, desk, install, part


def walk():
    """Paint a monkey, then what the 3D view sees of it."""
    install()
    hands._time_the_timer()
    window = bpy.context.window_manager.windows[0]
    yield 0.5
    view, _ = hands._arrange(window)
    with hands._over(window, view):
        bpy.ops.mesh.primitive_monkey_add()
        bpy.ops.object.shade_smooth()
        bpy.ops.view3d.view_selected()
    yield 0.5
    yield from hands._open_our_tab(view)
    view.spaces.active.shading.type = "MATERIAL"
    scene, group = bpy.context.scene, part("controls").controls("painting")
    scene.sfumato_painting.size, scene.sfumato_painting.view_count = "512", 6
    scene.sfumato_painting.view_px = SETTINGS.get("view_px", 192)
    group.prompt, group.steps, group.keep_seed = (
        SETTINGS.get("prompt", "mossy red brick wall"),
        SETTINGS.get("steps", 4),
        True,
    )
    bpy.ops.ed.undo_push(message="monkey")
    paintings = part("paintings").paintings()
    with hands._over(window, view):
        bpy.ops.sfumato.paint_mesh()
    painting = paintings.painter.paintings()[-1]
    yield from hands.until(lambda: painting.wants_uvs or painting.views_done, "the order")
    hands._found["wants_uvs"] = painting.wants_uvs
    if painting.wants_uvs:
        yield from hands.shot("unfit")
        with hands._over(window, view):
            bpy.ops.sfumato.paint_as_they_are(ticket=painting.ticket)
        painting = paintings.painter.paintings()[-1]
    yield from hands.until(lambda: bpy.context.object.active_material, "a first view")
    hands._found["growing"] = [bpy.context.object.active_material.name, painting.words]
    yield 1.0
    yield from hands.shot("growing")
    yield from hands.until(lambda: not painting.open and not desk().workbench.busy, "a painted monkey")
    yield 2.0
    yield from hands.shot("painted")
    hands._found["painted"] = [painting.state, painting.fault and painting.fault.message]
    yield from _from_the_view(window, view, paintings)
    hands._found["turns"] = [len(hands._turns), sorted(hands._turns, reverse=True)[:6]]


def _from_the_view(window, view, paintings):
    """Another prompt over what is seen: the front changes, the back does not."""
    thing = bpy.context.object
    before, first = _texture(thing), paintings.painter.paintings()[-1]
    part("controls").controls("painting").prompt = "green grass"
    view.spaces.active.region_3d.view_rotation = (0.7071, 0.7071, 0, 0)
    yield 0.5
    with hands._over(window, view):
        hands._found["asked"] = sorted(bpy.ops.sfumato.paint_from_view())
    yield from hands.until(lambda: paintings.painter.paintings()[-1] is not first, "the order")
    painting = paintings.painter.paintings()[-1]
    yield from hands.until(lambda: not painting.open and not desk().workbench.busy, "the front")
    yield 2.0
    yield from hands.shot("repainted")
    changed = (_texture(thing) != before).any(axis=2)
    hands._found["repainted"] = [painting.state, painting.fault and painting.fault.message, float(changed.mean())]


def _texture(thing):
    image = part("painting_material").painted_node(thing)[1].image
    flat = np.empty(image.size[0] * image.size[1] * 4, np.float32)
    image.pixels.foreach_get(flat)
    return np.rint(flat * 255).astype(np.uint8).reshape(image.size[1], image.size[0], 4)


hands._steps = walk()  # instead of those that the timer would take
