"""The 3D view as the camera of a painting: as near as the objects in it allow, so that no pixel is wasted."""

import math

import numpy as np

from .core.host import HostError
from .core.mesh_order import View

#: Of what is seen, the part that the picture may leave free at its borders.
_MARGIN = 0.04
_MULTIPLE_PX = 64


def view_of(region_3d, meshes, longest_px):
    """What the 3D view sees of the meshes (of their selected faces, where some are). Raises HostError for nothing."""
    turn = np.array(region_3d.view_matrix.inverted(), np.float64)
    window = np.array(region_3d.window_matrix, np.float64)
    return camera_of(turn, window, meshes, longest_px)


def camera_of(matrix, projection, meshes, longest_px):
    """A View from a world matrix (4, 4) and a projection matrix (4, 4) as OpenGL has it, cut to the meshes."""
    is_parallel = projection[3, 3] == 1.0
    seen = np.concatenate([_points(each) for each in meshes]) - matrix[:3, 3]
    seen = seen @ matrix[:3, :3]
    if not is_parallel:
        ahead = seen[seen[:, 2] < -1e-6]
        seen = np.concatenate([ahead[:, :2] / -ahead[:, 2:], ahead[:, 2:]], axis=1)
    if not len(seen):
        raise HostError("What is to be painted is behind this view. Turn the view to it.")
    low, high = _seen_part(projection, is_parallel)
    margin = (seen[:, :2].max(axis=0) - seen[:, :2].min(axis=0)) * _MARGIN
    low = np.maximum(low, seen[:, :2].min(axis=0) - margin)
    high = np.minimum(high, seen[:, :2].max(axis=0) + margin)
    if (high <= low).any():
        raise HostError("Nothing of what is to be painted is in this view. Frame it first.")
    return _view(matrix, low, high, is_parallel, longest_px)


def _view(matrix, low, high, is_parallel, longest_px):
    size = high - low
    per_unit = longest_px / size.max()
    width_px, height_px = (max(_MULTIPLE_PX, math.ceil(side * per_unit / _MULTIPLE_PX) * _MULTIPLE_PX) for side in size)
    middle = (low + high) / 2
    return View(
        matrix=tuple(float(each) for each in matrix.ravel()),
        width_px=width_px,
        height_px=height_px,
        fov_deg=math.degrees(2 * math.atan(height_px / per_unit / 2)),
        height_units=height_px / per_unit if is_parallel else None,
        near=1e-4 if not is_parallel else 1e-6,
        shift_px=(float(-middle[0] * per_unit), float(middle[1] * per_unit)),
    )


def _seen_part(projection, is_parallel):
    """The borders of the view: tangents, or units in a parallel projection; lower left and upper right."""
    across, up = projection[0, 0], projection[1, 1]
    shift = projection[:2, 3] if is_parallel else -projection[:2, 2]
    low = (np.array([-1.0, -1.0]) - shift) / (across, up)
    high = (np.array([1.0, 1.0]) - shift) / (across, up)
    return low, high


def _points(mesh):
    points = np.frombuffer(mesh.positions, "<f4").reshape(-1, 3).astype(np.float64)
    if mesh.selection is None:
        return points
    chosen = np.frombuffer(mesh.selection, np.uint8) > 0
    return points[np.unique(np.frombuffer(mesh.triangles, "<u4").reshape(-1, 3)[chosen])]
