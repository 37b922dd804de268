"""What can be looked at: the 3D view, the last render, and the shape of what a camera sees."""

import tempfile
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import bpy

from . import geometry_pass, images
from .borrowed import borrowed, borrowed_format
from .core.host import HostError

#: Twice the sensor of a camera: by that the 3D view is wider than a camera of the same lens.
_VIEW_SENSOR_MM = 72.0


def shape_of_view(size, look):
    """Nearness and normals of what `look` sees, a (space, region 3D) or None for the scene's camera."""
    context = bpy.context
    with _camera(context.scene, look) as camera:
        seen = geometry_pass.render(context.scene, context.view_layer, camera, size)
    return {"depth": geometry_pass.depth_of(seen), "normal": geometry_pass.normals_of(seen)}


def picture_of_view(size, look):
    """The 3D view `look` as it is drawn, without its overlays, in sRGB."""
    space, _ = look
    with _file_for_render(bpy.context.scene, size) as path, borrowed(space.overlay, show_overlays=False):
        bpy.ops.render.opengl(write_still=True, view_context=True)
        return _read(path)


def last_render():
    """The last render, as it looks, in sRGB. Raises HostError where nothing was rendered yet."""
    scene = bpy.context.scene
    with _file_for_render(scene) as path:
        for result in [each for each in bpy.data.images if each.type == "RENDER_RESULT"]:
            with suppress(RuntimeError):  # it is there, and empty
                result.save_render(str(path), scene=scene)
        if not path.exists():
            raise HostError("Nothing was rendered yet. Render first, with F12.")
        return _read(path)


def quick_render(size):
    """A render of the scene's camera by the scene's own engine at this size, in sRGB. Raises HostError."""
    scene = bpy.context.scene
    _camera_of(scene)
    with _file_for_render(scene, size) as path:
        bpy.ops.render.render(write_still=True, scene=scene.name)
        return _read(path)


def look_of(context):
    """The 3D view that the artist works in: the one at hand, else the largest; None without a window."""
    if context.area and context.area.type == "VIEW_3D" and context.region_data:
        return context.space_data, context.region_data
    areas = [each for window in context.window_manager.windows for each in window.screen.areas]
    views = [each for each in areas if each.type == "VIEW_3D"]
    if not views or bpy.app.background:
        return None
    space = max(views, key=lambda area: area.width * area.height).spaces.active
    return space, space.region_3d


def _camera_of(scene):
    if scene.camera is None:
        raise HostError("There is no camera. Add one, or look through the viewport instead.")
    return scene.camera


@contextmanager
def _camera(scene, look):
    """The scene's camera, or one for this moment that sees what the 3D view sees."""
    if look is None or look[1].view_perspective == "CAMERA":
        yield _camera_of(scene)
        return
    space, region = look
    data = bpy.data.cameras.new("Sfumato view")
    camera = bpy.data.objects.new("Sfumato view", data)
    try:
        data.lens, data.sensor_width, data.sensor_fit = space.lens, _VIEW_SENSOR_MM, "AUTO"
        data.clip_start, data.clip_end = space.clip_start, space.clip_end
        if region.view_perspective == "ORTHO":
            data.type, data.ortho_scale = "ORTHO", region.view_distance * _VIEW_SENSOR_MM / space.lens
        camera.matrix_world = region.view_matrix.inverted()
        scene.collection.objects.link(camera)
        yield camera
    finally:
        bpy.data.objects.remove(camera)
        bpy.data.cameras.remove(data)


@contextmanager
def _file_for_render(scene, size=None):
    """A PNG that renders are written to, of this size or the scene's; its settings are put back afterwards."""
    render = scene.render
    with tempfile.TemporaryDirectory(prefix="sfumato-") as folder, ExitStack() as stack:
        path = Path(folder) / "view.png"
        stack.enter_context(borrowed(render, filepath=str(path), use_file_extension=False))
        if size:
            changes = {"resolution_x": size[0], "resolution_y": size[1], "resolution_percentage": 100}
            stack.enter_context(borrowed(render, **changes, use_border=False))
        stack.enter_context(borrowed_format(render.image_settings, "PNG", "RGBA", "8"))
        yield path


def _read(path):
    with images.loaded(path) as image:
        return images.pixels_of(image)
