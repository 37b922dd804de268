"""Objects as they are painted: evaluated, with their modifiers, in the world's space. [main thread only]"""

import bpy
import numpy as np

from .core.host import HostError
from .core.mesh_order import Mesh


def paintable(objects):
    """Those of the objects that can be painted; of several that share one mesh, the first, for they share its paint."""
    found, meshes = [], set()
    for each in objects:
        if each.type == "MESH" and each.data.name_full not in meshes and len(each.data.polygons):
            meshes.add(each.data.name_full)
            found.append(each)
    return found


def capture(things, *, shared="", faces_only=False, layers=None):
    """The objects as the core's meshes; those that share a texture name it `shared`. Raises HostError.

    `layers` are the UV layers to paint on by the objects' names; else the active ones. With `faces_only`, the faces
    that are selected may be painted, and no others.
    """
    for thing in things:
        if thing.mode == "EDIT":
            thing.update_from_editmode()
        if faces_only:
            thing.data.update_tag()  # not every way to select faces tells Blender to look again
    graph = bpy.context.evaluated_depsgraph_get()
    names = {each.name: uv_name(each) for each in things} if layers is None else layers
    found = [_evaluated(each, graph, shared, faces_only, names[each.name]) for each in things]
    if faces_only and not any(np.frombuffer(each.selection, np.uint8).any() for each in found):
        raise HostError(_no_faces(things))
    return tuple(found)


def capture_base(thing, *, shared=""):
    """An object's own mesh, without modifiers, its polygons named: what new UVs are made for."""
    if thing.mode == "EDIT":
        thing.update_from_editmode()
    return _mesh_of(thing, thing.data, shared=shared, with_polygons=True)


def corners_of(mesh):
    """The corner of the mesh that each corner of its triangles is, (F, 3)."""
    return _array(mesh.loop_triangles, "loops", np.int32, 3)


def uv_name(thing):
    """The UV layer that is painted on; empty where there is none."""
    layer = thing.data.uv_layers.active
    return layer.name if layer else ""


def _evaluated(thing, graph, shared, faces_only, layer):
    evaluated = thing.evaluated_get(graph)
    mesh = evaluated.to_mesh()
    try:
        if mesh is None or not len(mesh.polygons):
            raise HostError(f"“{thing.name}” has no faces. Its modifiers may have taken them away.")
        return _mesh_of(thing, mesh, shared=shared, layer=layer, with_selection=faces_only)
    finally:
        evaluated.to_mesh_clear()


def _mesh_of(thing, mesh, *, shared, layer="", with_polygons=False, with_selection=False):
    mesh.calc_loop_triangles()
    triangles = _array(mesh.loop_triangles, "vertices", np.int32, 3)
    corners = corners_of(mesh)
    if thing.matrix_world.determinant() < 0:  # mirrored: its outside stays outside
        triangles, corners = triangles[:, ::-1], corners[:, ::-1]
    polygons = _array(mesh.loop_triangles, "polygon_index", np.int32)
    uvs = _uvs(mesh, layer)
    selection = _array(mesh.polygons, "select", bool)[polygons].astype(np.uint8) if with_selection else None
    return Mesh(
        name=thing.name,
        vertex_count=len(mesh.vertices),
        triangle_count=len(triangles),
        positions=_in_world(thing, mesh).tobytes(),
        triangles=np.ascontiguousarray(triangles, "<u4").tobytes(),
        uvs=None if uvs is None else uvs[corners].tobytes(),
        polygons=polygons.astype("<u4").tobytes() if with_polygons else None,
        selection=None if selection is None else selection.tobytes(),
        texture=shared,
    )


def _in_world(thing, mesh):
    positions = _array(mesh.vertices, "co", np.float32, 3)
    matrix = np.array(thing.matrix_world, np.float64)
    return (positions @ matrix[:3, :3].T + matrix[:3, 3]).astype("<f4")


def _uvs(mesh, name):
    """The UVs of every corner of the mesh (C, 2); None where there are none."""
    layer = mesh.uv_layers.get(name) if name else None
    if layer is None:
        return None
    return _array(*uv_numbers(layer), np.float32, 2)


def uv_numbers(layer):
    """The collection that holds a UV layer's numbers, and what they are called there; `uv` is from 3.5 on."""
    return (layer.uv, "vector") if hasattr(layer, "uv") else (layer.data, "uv")


def _array(collection, name, kind, width=1):
    flat = np.empty(len(collection) * width, kind)
    collection.foreach_get(name, flat)
    return flat.reshape(-1, width) if width > 1 else flat


def _no_faces(things):
    hidden = [each.name for each in things if any(polygon.select for polygon in each.data.polygons)]
    if hidden:
        return f"The modifiers of “{hidden[0]}” do not tell which faces are selected. Paint a mask image instead."
    return "No face is selected. Select faces in Edit Mode, or with the face mask of Texture Paint."
