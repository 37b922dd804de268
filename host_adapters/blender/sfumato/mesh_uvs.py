"""New UVs on an object's own mesh, as a further layer: the one thing of a mesh that painting may change."""

import numpy as np

from .core.host import HostError
from .mesh_capture import corners_of, uv_numbers

LAYER = "Sfumato Paint"


def put(thing, uvs):
    """A new layer, active, with the UVs (F, 3, 2) of the mesh's own triangles as float32 bytes. Raises HostError."""
    mesh = thing.data
    mesh.calc_loop_triangles()
    corners = corners_of(mesh)
    if thing.matrix_world.determinant() < 0:
        corners = corners[:, ::-1]
    places = np.frombuffer(uvs, "<f4").reshape(-1, 2)
    if len(places) != corners.size:
        raise HostError(f"“{thing.name}” has changed meanwhile. Ask for new UVs again.")
    layer = mesh.uv_layers.new(name=LAYER, do_init=False)
    if layer is None:
        raise HostError(f"“{thing.name}” has as many UV layers as Blender takes. Remove one first.")
    flat = np.zeros((len(mesh.loops), 2), np.float32)
    flat[corners.ravel()] = places
    collection, name = uv_numbers(layer)
    collection.foreach_set(name, flat.ravel())
    mesh.uv_layers.active = mesh.uv_layers[layer.name]
    mesh.update()


def has_layer(thing):
    """Whether it was unwrapped for painting already."""
    return any(each.name.startswith(LAYER) for each in thing.data.uv_layers)
