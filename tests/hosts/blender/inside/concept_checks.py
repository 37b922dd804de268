"""Concept art and images: what the camera sees, what is drawn over it, what an image becomes."""

import os
import sys

sys.path.insert(0, os.path.dirname(__file__))

import bpy
import measures
import numpy as np
from reporting import check, connect, desk, install, part, until

SIZE = (96, 64)


def scene_with_a_box():
    """A camera that looks along -Z at a plane 6 m away, a box in front of it whose face is 3 m away, and a ramp."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    scene = bpy.context.scene
    bpy.ops.object.camera_add(location=(0, 0, 6), rotation=(0, 0, 0))
    scene.camera = bpy.context.object
    bpy.ops.mesh.primitive_plane_add(size=3, location=(0, 0, 0))
    bpy.ops.mesh.primitive_cube_add(size=1, location=(0, 0, 2.5))
    scene.render.resolution_x, scene.render.resolution_y = 960, 640
    scene.sfumato.concept_px = SIZE[0]
    return scene


def seen():
    """Nearness and normals of that scene, at the middle (the box), beside it (the plane), in the corner."""
    scene = scene_with_a_box()
    before, counts = _settings(scene), _counts()
    shapes = part("views").shape_of_view(SIZE, None)
    arrays = {name: part("pixels").array_of(picture) for name, picture in shapes.items()}
    places = {"box": (32, 48), "plane": (32, 76), "corner": (2, 2)}
    return {
        "size": [list(array.shape) for array in arrays.values()],
        "depth": {name: arrays["depth"][place].tolist()[0] for name, place in places.items()},
        "normal": {name: arrays["normal"][place].tolist()[:3] for name, place in places.items()},
        "kept": _settings(scene) == before,
        "left": _counts() == counts,
    }


def tilted():
    """A plane that leans to the right and one that leans up: red and green by the convention."""
    scene = scene_with_a_box()
    found = {}
    for name, turn in (("right", (0, 0.7, 0)), ("up", (-0.7, 0, 0))):
        for each in [each for each in bpy.data.objects if each.type == "MESH"]:
            bpy.data.objects.remove(each)
        bpy.ops.mesh.primitive_plane_add(size=2, rotation=turn)
        normal = part("views").shape_of_view(SIZE, None)["normal"]
        found[name] = part("pixels").array_of(normal)[32, 48].tolist()[:3]
    assert scene.camera
    return found


def from_the_prompt():
    """A picture of the camera's shape becomes an image of the file; one undo takes it back."""
    scene_with_a_box()
    group = part("controls").controls("concept")
    group.prompt, group.mode, group.steps = "rusty metal", "generate", 2
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.sfumato.draw_concept(source="view:picture")
    images = _new_images()
    made = [[image.name, list(image.size), bool(image.packed_file), image.colorspace_settings.name] for image in images]
    bpy.ops.ed.undo()
    return {"made": made, "after undo": [each.name for each in bpy.data.images if each.type == "IMAGE"]}


def over_a_render():
    """At a low strength what is drawn looks like the render; without a render that is said."""
    scene = scene_with_a_box()
    scene.render.engine, scene.cycles.samples, scene.cycles.use_denoising = "CYCLES", 1, False
    scene.world = bpy.data.worlds.new("grey")
    group = part("controls").controls("concept")
    group.prompt, group.mode, group.steps, group.strength = "stone", "refine", 10, 0.1
    scene.render.resolution_percentage = 10
    bpy.ops.render.render()
    bpy.ops.sfumato.draw_concept(source="view:render")
    (drawn,) = _new_images()
    rendered = part("pixels").array_of(part("views").last_render())[..., :3] / 255
    return {"difference": float(np.abs(measures.pixels(drawn)[..., :3] - rendered).mean()), "size": list(drawn.size)}


def without_a_window():
    """The 3D view cannot be looked at without one: the camera stands in; without a camera that is said."""
    scene = scene_with_a_box()
    scene.camera = None
    part("controls").controls("concept").mode = "refine"
    try:
        bpy.ops.sfumato.draw_concept(source="view:picture")
        return ""
    except RuntimeError as error:
        return str(error)


def following_the_depth():
    """The button adds a conditioner with the view's depth as its picture, and the recipe carries that picture."""
    scene_with_a_box()
    desk().workspace("concept").conditioners.clear()
    bpy.ops.sfumato.follow(what="depth")
    (chosen,) = desk().workspace("concept").conditioners
    pictures = [key for key, _ in desk().host.pictures("concept")]
    desk().attend("concept")
    asked = part("core.asking").ask(desk().workspace("concept"), desk().host, desk().session.catalogue)
    desk().workspace("concept").conditioners.clear()
    return {
        "layer": [value["layer"] for value in chosen.values.values()],
        "offered": [key for key in pictures if key.startswith("view:")],
        "sent": [[row["name"], row["width_px"], row["height_px"]] for row in asked.header["pictures"]],
        "shades": len(set(asked.chunks[0])),
    }


def drawn_by_the_depth():
    """The same words and seed, with the depth and without: another picture, and no complaint."""
    scene_with_a_box()
    bpy.ops.sfumato.dismiss()
    group = part("controls").controls("concept")
    group.prompt, group.mode, group.steps, group.keep_seed, group.seed = "granite", "generate", 3, True, "9"
    bpy.ops.sfumato.draw_concept()
    (without,) = _new_images()
    bpy.ops.sfumato.follow(what="depth")
    bpy.ops.sfumato.draw_concept()
    (followed,) = _new_images(without.name)
    desk().workspace("concept").conditioners.clear()
    group.keep_seed = False
    return float(np.abs(measures.pixels(without) - measures.pixels(followed)).mean())


def an_image():
    """Drawn again at its own size, made seamless, and processed."""
    bpy.ops.sfumato.dismiss()
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    image = bpy.data.images.new("photo", 72, 56)
    ramp = np.linspace(0, 1, 72)[None, :, None] * np.ones((56, 1, 4))
    ramp[..., 3] = 1
    image.pixels.foreach_set(ramp.astype(np.float32).ravel())
    group = part("controls").controls("image")
    group.prompt, group.mode, group.steps, group.strength = "sand", "refine", 4, 0.5
    pictures, reference = part("pictures").pictures(), part("references").Reference.to("images", image)
    pictures.draw_image(reference)
    (drawn,) = _new_images("photo")
    again = [list(drawn.size), drawn.name]
    pictures.make_tileable(image.name, part("images").pixels_of(image))
    seamless = next(each for each in _new_images("photo", drawn.name))
    group.mode = "process"
    desk().workspace("image").post_processors.append(part("core.workspace").Chosen("upscale.enlarge", {"factor": 2.0}))
    pictures.draw_image(reference)
    larger = next(each for each in _new_images("photo", drawn.name, seamless.name))
    return {
        "drawn": again,
        "seams": [measures.seam(image), measures.seam(seamless)],
        "larger": list(larger.size),
        "thumbnails": len(pictures.recent),
    }


def _new_images(*known):
    """The images of the file besides those that were there, once nothing is being drawn any more."""
    until(lambda: not desk().busy, "pictures")
    assert not desk().studio.notice, desk().studio.notice
    return [each for each in bpy.data.images if each.type == "IMAGE" and each.name not in known]


def _settings(scene):
    render, cycles, format = scene.render, scene.cycles, scene.render.image_settings
    names = ("engine", "filepath", "resolution_x", "resolution_percentage", "film_transparent", "use_compositing")
    return (
        *[getattr(render, name) for name in names],
        *[getattr(cycles, name) for name in ("samples", "filter_width", "max_bounces")],
        *[getattr(format, name) for name in ("file_format", "color_mode", "color_depth")],
        bpy.context.view_layer.material_override,
        scene.camera.name,
    )


def _counts():
    return [len(getattr(bpy.data, each)) for each in ("materials", "cameras", "objects")]


install()
connect()
for each in (
    seen, tilted, from_the_prompt, over_a_render, without_a_window, following_the_depth, drawn_by_the_depth, an_image,
):  # fmt: skip
    check(each)
