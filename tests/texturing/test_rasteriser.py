"""The rasteriser and the choice of views, against rays and against what is known of the shapes."""

import numpy as np
import pytest
import trimesh

from sfumato.texturing import Camera, Scene, shading
from sfumato.texturing.arrays import dot
from sfumato.texturing.rasteriser import rasterise
from sfumato.texturing.scanlines import scan
from sfumato.texturing.surface import surface_of
from sfumato.texturing.viewpoints import choose_cameras, framing
from tests.texturing.shapes import mesh_of, monkey, part, quad, torus

SHAPES = {"torus": torus, "monkey": monkey, "part": part}
ORTHOGRAPHIC = {"height_units": 3.2}


def seen_by_rays(surface, camera, pixels):
    """The depth of the first face that a ray through each pixel's centre meets, inf where it meets none."""
    centres = np.stack([pixels % camera.width_px + 0.5, pixels // camera.width_px + 0.5], axis=1)
    start = camera.points(centres, np.full(len(pixels), camera.near))
    way = camera.points(centres, np.full(len(pixels), 1.0)) - start
    mesh = trimesh.Trimesh(
        surface.corners.reshape(-1, 3), np.arange(len(surface.corners) * 3).reshape(-1, 3), process=False
    )
    hits, ray, _ = mesh.ray.intersects_location(start, way, multiple_hits=False)
    depth = np.full(len(pixels), np.inf)
    depth[ray] = camera.seen(hits)[:, 2]
    return depth


@pytest.mark.parametrize("settings", [{}, ORTHOGRAPHIC], ids=["perspective", "orthographic"])
@pytest.mark.parametrize("shape", SHAPES)
def test_depth_is_that_of_rays(shape, settings):
    surface = surface_of(Scene(objects=(SHAPES[shape](),)))
    camera = Camera.looking(np.array([1.4, 1.9, 2.8]), surface.centre, width_px=160, height_px=120, **settings)
    frame = rasterise(surface, camera)
    pixels = np.random.default_rng(1).choice(frame.face.size, 1500, replace=False)
    cast, drawn = seen_by_rays(surface, camera, pixels), frame.depth.ravel()[pixels]

    # A ray through an edge may meet either face of it, or neither.
    assert (np.isinf(cast) == np.isinf(drawn)).mean() > 0.999
    both = np.isfinite(cast) & np.isfinite(drawn)
    assert both.sum() > 200
    assert (np.abs(cast[both] - drawn[both]) < 1e-6).mean() > 0.998


def test_triangles_that_share_edges_share_no_cell_and_leave_none():
    grid = trimesh.creation.icosphere(3).vertices[:, :2] * 30 + 33.7
    from scipy.spatial import Delaunay

    mesh = Delaunay(grid)
    hits = np.zeros((70, 70), int)
    for cells in scan(grid[mesh.simplices], 70, 70):
        np.add.at(hits, (cells.row, cells.column), 1)
    middle = np.stack(np.meshgrid(np.arange(70) + 0.5, np.arange(70) + 0.5), axis=-1)

    assert np.array_equal(hits, (mesh.find_simplex(middle) >= 0).astype(int))


def test_a_large_face_that_reaches_behind_the_camera_is_cut_not_flipped():
    floor = quad(half=100.0)
    camera = Camera.looking(np.array([0.0, -1.0, 0.5]), np.array([0.0, 3.0, 0.3]), width_px=64, height_px=64)
    frame = rasterise(surface_of(Scene(objects=(floor,))), camera)
    rows = np.flatnonzero(frame.mask.any(axis=1))

    assert rows.max() == 63
    assert 25 < rows.min() < 34
    points = camera.points(np.array([[32.5, 63.5]]), frame.depth[63, 32][None])
    assert abs(points[0, 2]) < 1e-9


def test_normals_are_those_of_the_shape_and_towards_the_camera():
    ball = mesh_of("ball", trimesh.creation.icosphere(4))
    surface = surface_of(Scene(objects=(ball,)))
    camera = framing(surface, np.array([0.0, 0.0, 1.0]), 128)
    frame = rasterise(surface, camera)
    normal = shading.normals(frame, surface)[frame.mask]
    rows, columns = np.nonzero(frame.mask)
    points = camera.points(np.stack([columns + 0.5, rows + 0.5], axis=1), frame.depth[frame.mask])
    expected = points @ camera.axes.T * [1, 1, -1]

    assert np.allclose(np.linalg.norm(normal, axis=1), 1)
    assert (dot(normal, expected / np.linalg.norm(expected, axis=1, keepdims=True)) > 0.999).mean() > 0.99


def test_the_inside_of_a_room_is_seen_from_within_and_the_back_of_a_closed_part_hides_nothing():
    room = trimesh.creation.box((2, 2, 2))
    room.invert()
    surface = surface_of(Scene(objects=(mesh_of("room", room), mesh_of("ball", trimesh.creation.icosphere(2, 0.3)))))
    camera = Camera.looking(np.array([0.0, 0.0, 0.9]), np.zeros(3), width_px=32, height_px=32, fov_deg=60)
    frame = rasterise(surface, camera)

    assert frame.mask.all()
    assert surface.outward[frame.face[16, 16]] == 1
    assert surface.outward[frame.face[0, 0]] == 0


@pytest.mark.parametrize("shape", SHAPES)
def test_each_view_frames_the_whole_shape_and_wastes_little(shape):
    surface = surface_of(Scene(objects=(SHAPES[shape](),)))
    for camera in choose_cameras(surface, at_most=3, view_px=128):
        mask = rasterise(surface, camera).mask
        rows, columns = np.nonzero(mask)

        assert min(rows.min(), columns.min()) > 0
        assert max(rows.max(), columns.max()) < 127
        assert max(np.ptp(rows), np.ptp(columns)) > 0.7 * 128


def test_views_are_chosen_for_what_they_newly_see():
    plate = quad()
    cameras = choose_cameras(surface_of(Scene(objects=(plate,))), at_most=8, view_px=64)

    assert len(cameras) <= 3
    assert abs(cameras[0].axes[2][2]) > 0.9
