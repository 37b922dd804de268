"""What a camera sees of the scene's shape: nearness and normals, by one quick render of Cycles without any light.

One material stands in for all: it glows in the normal's x and y and in the distance. So this needs no window, no
compositor, and no file of many layers, all of which differ between versions of Blender.
"""

import tempfile
from contextlib import ExitStack
from pathlib import Path

import bpy
import numpy as np

from . import images
from .borrowed import borrowed, borrowed_format
from .core.host import HostError, Picture
from .node_trees import emptied


def depth_of(seen):
    """Nearness as rgba8: white is nearest, black the farthest and where nothing is. In steps of 1 / distance."""
    _, _, distance, there = np.moveaxis(seen, 2, 0)
    is_there = there > 0.5
    near = np.zeros_like(distance)
    if is_there.any():
        inverse = 1 / np.maximum(distance[is_there], 1e-6)
        low, high = inverse.min(), inverse.max()
        near[is_there] = 0.1 + 0.9 * (inverse - low) / (high - low) if high > low else 1.0
    return _picture(np.repeat(near[..., None], 3, axis=2))


def normals_of(seen):
    """Normals toward the camera as rgba8: red to the right, green up, blue toward it; flat where nothing is."""
    across, up, _, there = np.moveaxis(seen, 2, 0)
    normals = np.stack([across * 2 - 1, up * 2 - 1, np.zeros_like(across)], axis=2)
    normals[..., 2] = np.sqrt(np.clip(1 - normals[..., 0] ** 2 - normals[..., 1] ** 2, 0, 1))
    normals[there <= 0.5] = (0, 0, 1)
    return _picture(normals / 2 + 0.5)


def render(scene, view_layer, camera, size):
    """(H, W, 4) float32, the first row at the top: normal x and y in 0..1, distance in units, 1 where something is.

    It takes as long as Blender needs for one sample a pixel. Raises HostError where there is no Cycles.
    """
    with tempfile.TemporaryDirectory(prefix="sfumato-") as folder, ExitStack() as stack:
        path = Path(folder) / "geometry.exr"
        _borrow(stack, scene, view_layer, camera, size, path)
        bpy.ops.render.render(write_still=True, scene=scene.name)
        return _read(path)


def _borrow(stack, scene, view_layer, camera, size, path):
    render = scene.render
    material = _material()
    stack.callback(lambda: bpy.data.materials.remove(material))
    try:
        stack.enter_context(borrowed(render, engine="CYCLES"))
    except TypeError as error:
        raise HostError("Depth and normals need Cycles. Enable it in Preferences > Add-ons.") from error
    changes = {"resolution_x": size[0], "resolution_y": size[1], "resolution_percentage": 100, "use_border": False}
    changes.update(pixel_aspect_x=1.0, pixel_aspect_y=1.0, film_transparent=True, use_file_extension=False)
    changes.update(filepath=str(path), use_compositing=False, use_sequencer=False, use_multiview=False)
    changes.update(use_motion_blur=False, use_simplify=False)
    stack.enter_context(borrowed(render, **changes))
    quick = {"samples": 1, "use_denoising": False, "use_adaptive_sampling": False, "pixel_filter_type": "BOX"}
    quick.update(max_bounces=0, transparent_max_bounces=0, filter_width=0.01, film_transparent_glass=False)
    stack.enter_context(borrowed(scene.cycles, **quick))
    stack.enter_context(borrowed_format(render.image_settings, "OPEN_EXR", "RGBA", "32"))
    stack.enter_context(borrowed(scene, camera=camera))
    stack.enter_context(borrowed(view_layer, material_override=material))


def _material():
    """Glows in the normal's x and y as the camera has them, and in the distance along its view."""
    material = bpy.data.materials.new("Sfumato geometry")
    tree = emptied(material)
    made = {
        kind: tree.nodes.new(f"ShaderNode{kind}")
        for kind in (
            "NewGeometry", "VectorTransform", "VectorMath", "SeparateXYZ", "CameraData", "CombineXYZ", "Emission",
            "OutputMaterial",
        )
    }  # fmt: skip
    turn, scale = made["VectorTransform"], made["VectorMath"]
    turn.vector_type, turn.convert_from, turn.convert_to = "NORMAL", "WORLD", "CAMERA"
    scale.operation = "MULTIPLY_ADD"
    scale.inputs[1].default_value = scale.inputs[2].default_value = (0.5, 0.5, 0.5)
    for source, target in (
        (made["NewGeometry"].outputs["Normal"], turn.inputs[0]),
        (turn.outputs[0], scale.inputs[0]),
        (scale.outputs[0], made["SeparateXYZ"].inputs[0]),
        (made["SeparateXYZ"].outputs[0], made["CombineXYZ"].inputs[0]),
        (made["SeparateXYZ"].outputs[1], made["CombineXYZ"].inputs[1]),
        (made["CameraData"].outputs["View Z Depth"], made["CombineXYZ"].inputs[2]),
        (made["CombineXYZ"].outputs[0], made["Emission"].inputs["Color"]),
        (made["Emission"].outputs[0], made["OutputMaterial"].inputs["Surface"]),
    ):
        tree.links.new(source, target)
    return material


def _read(path):
    with images.loaded(path) as image:
        image.colorspace_settings.name = images.DATA
        seen = images.read(image)
    return seen.flat.reshape(seen.height_px, seen.width_px, 4)[::-1]


def _picture(colours):
    height_px, width_px, _ = colours.shape
    rgba = np.full((height_px, width_px, 4), 255, np.uint8)
    rgba[..., :3] = (colours.clip(0, 1) * 255 + 0.5).astype(np.uint8)
    return Picture(width_px, height_px, "rgba8", rgba.tobytes())
