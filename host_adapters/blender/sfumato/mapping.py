"""How large a material is on what wears it: repeats for each unit of UV, from the object's own size."""

import math
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
    meshes = [each for each in objects if each.type == "MESH"]
    longest_m = max((max(each.dimensions) for each in objects), default=0.0) * metres_per_unit
    tile_m = tile_m or min(USUAL_TILE_M, longest_m or USUAL_TILE_M)
    if objects and not any(each.data.uv_layers for each in meshes):
        repeats = _local_scale(objects) * metres_per_unit / tile_m
        return Fit((repeats, repeats * aspect), tile_m, True)
    unit_m = _metres_per_uv(meshes) * metres_per_unit if meshes else tile_m
    repeats = unit_m / tile_m
    if repeats > 1:
        repeats = float(round(repeats))
    return Fit((repeats, repeats * aspect), tile_m, False)


def _metres_per_uv(meshes):
    """The side of the surface that one unit of UV covers, over all of the meshes together."""
    areas = np.sum([_areas_of(each) for each in meshes], axis=0)
    if areas[1] < _NEARLY_NOTHING:
        return max((max(each.dimensions) for each in meshes), default=1.0) or 1.0
    return math.sqrt(areas[0] / areas[1])


def _areas_of(thing):
    """The area of a mesh's triangles in the world, and in UV. In Edit Mode only a copy shows what is in it."""
    if thing.mode != "EDIT":
        return _areas(thing.data, thing.matrix_world)
    thing.update_from_editmode()
    copy = thing.data.copy()
    try:
        return _areas(copy, thing.matrix_world)
    finally:
        bpy.data.meshes.remove(copy)


def _areas(mesh, placed):
    layer = mesh.uv_layers.active
    if layer is None or not len(mesh.polygons):
        return np.zeros(2)
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
    flat = uv.reshape(-1, 2)[loops].reshape(-1, 3, 2)
    return np.array([_area_3d(corners), _area_2d(flat)])


def _area_3d(corners):
    crossed = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return float(np.linalg.norm(crossed, axis=1).sum() / 2)


def _area_2d(corners):
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return float(np.abs(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]).sum() / 2)


def _local_scale(objects):
    scales = [sum(abs(side) for side in each.matrix_world.to_scale()) / 3 for each in objects]
    return sum(scales) / len(scales)
