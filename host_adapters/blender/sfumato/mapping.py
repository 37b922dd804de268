"""How large a material is on what wears it: repeats for each unit of UV, from the object's own size."""

from typing import NamedTuple

import bpy
import numpy as np

#: What a tile shows on something large, in metres; on something smaller it shows once along its longest side.
USUAL_TILE_M = 2.0
_NEARLY_NOTHING = 1e-9


class Fit(NamedTuple):
    """Repeats (x, y) for each unit of the coordinates, the size of a tile in metres, whether there are no UVs."""

    scale: tuple
    tile_m: float
    box: bool


def fit(objects, tile_m, aspect, metres_per_unit=1.0):
    """How a texture fits meshes: `tile_m` is the width of a tile, 0 for one that suits them; `aspect` width / height.

    Where UVs are, whole repeats are preferred, so that nothing is cut off where an unwrapped surface ends.
    """
    meshes = _meshes(objects)
    longest_m = max((max(each.dimensions) for each in objects), default=0.0) * metres_per_unit
    tile_m = tile_m or min(USUAL_TILE_M, longest_m or USUAL_TILE_M)
    if needs_box(objects):
        repeats = _local_scale(objects) * metres_per_unit / tile_m
        return Fit((repeats, repeats * aspect), tile_m, True)
    tile = tile_m / metres_per_unit
    across, up = _surface_per_uv(meshes) if meshes else (tile, tile)
    return Fit((_whole(across / tile), _whole(up / tile * aspect)), tile_m, False)


def needs_box(objects):
    """Whether some have no UVs, by which a texture would find its place; from six sides it does on all."""
    meshes = _meshes(objects)
    return bool(objects) and not (meshes and all(each.data.uv_layers for each in meshes))


def _meshes(objects):
    return [each for each in objects if each.type == "MESH"]


def _whole(repeats):
    return float(round(repeats)) if repeats > 1 else repeats


def _surface_per_uv(meshes):
    """What one unit of U and one of V cover of the surface, in Blender's units; the mean of all meshes by area."""
    across, up, area = np.sum([_stretch_of(each) for each in meshes], axis=0)
    if area < _NEARLY_NOTHING:
        return (max(max(each.dimensions) for each in meshes) or 1.0,) * 2
    return float(across / area), float(up / area)


def _stretch_of(thing):
    """The lengths that U and V have on its triangles in the world, each times the area, and the area.

    In Edit Mode only a copy of a mesh shows what is in it.
    """
    if thing.mode != "EDIT":
        return _stretch(thing.data, thing.matrix_world)
    thing.update_from_editmode()
    copy = thing.data.copy()
    try:
        return _stretch(copy, thing.matrix_world)
    finally:
        bpy.data.meshes.remove(copy)


def _stretch(mesh, placed):
    layer = mesh.uv_layers.active
    if layer is None or not len(mesh.polygons):
        return np.zeros(3)
    mesh.calc_loop_triangles()
    count = len(mesh.loop_triangles)
    vertices, loops = np.empty(count * 3, np.int32), np.empty(count * 3, np.int32)
    mesh.loop_triangles.foreach_get("vertices", vertices)
    mesh.loop_triangles.foreach_get("loops", loops)
    places = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", places)
    uv = np.empty(len(layer.data) * 2, np.float32)
    layer.data.foreach_get("uv", uv)
    linear = np.array(placed.to_3x3(), np.float32)
    corners = (places.reshape(-1, 3) @ linear.T)[vertices].reshape(-1, 3, 3)
    return _lengths(corners, uv.reshape(-1, 2)[loops].reshape(-1, 3, 2))


def _lengths(corners, flat):
    """Of triangles (T, 3, 3) and their UVs (T, 3, 2): |dP/du| and |dP/dv| summed by area, and the area."""
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    one, two = flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    turned = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
    used = np.abs(turned) > _NEARLY_NOTHING
    first, second, one, two, turned = (each[used] for each in (first, second, one, two, turned))
    along_u = (first * two[:, 1:] - second * one[:, 1:]) / turned[:, None]
    along_v = (second * one[:, :1] - first * two[:, :1]) / turned[:, None]
    areas = np.linalg.norm(np.cross(first, second), axis=1) / 2
    return np.array([areas @ np.linalg.norm(along_u, axis=1), areas @ np.linalg.norm(along_v, axis=1), areas.sum()])


def _local_scale(objects):
    scales = [sum(abs(side) for side in each.matrix_world.to_scale()) / 3 for each in objects]
    return sum(scales) / len(scales)
