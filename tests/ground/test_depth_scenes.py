"""Scenes of textured shapes: distances that rays can trust, and depth as the texturing path draws it."""

import numpy as np
import pytest
import trimesh

from sfumato.ground.depth.agreement import depth_edges, f_score, steepness_auc
from sfumato.ground.depth.lighting import BEHIND, paint
from sfumato.ground.depth.marching import look
from sfumato.ground.depth.reliefs import look_at_relief
from sfumato.ground.depth.renders import draw_sight
from sfumato.ground.depth.scenes import SPLITS, Scene, draw_scene
from sfumato.ground.depth.sight import relative
from sfumato.ground.depth.solids import HELD_OUT, KINDS, TRAINED, Solid
from sfumato.texturing import Camera, MeshObject, shading
from sfumato.texturing import Scene as MeshScene
from sfumato.texturing.rasteriser import rasterise
from sfumato.texturing.surface import surface_of


def solid(kind, **given):
    settings = {"centre": np.zeros(3, np.float32), "axes": np.eye(3, dtype=np.float32), "size": 1.0}
    return Solid(kind=kind, proportions=np.full(4, 0.5, np.float32), **settings | given)


def looking(*bodies, size_px=64):
    eye, fov_deg = np.array([0, 0, 4], np.float32), 35.0
    axes = np.array([[1, 0, 0], [0, 1, 0], [0, 0, -1]], np.float32)
    return look(Scene(bodies=bodies, eye=eye, axes=axes, fov_deg=fov_deg), size_px, np.random.default_rng(0))


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_of_the_distance_never_goes_through_a_solid(kind):
    rng = np.random.default_rng(1)
    points = rng.uniform(-1.5, 1.5, (4000, 3)).astype(np.float32)
    shape = solid(kind)
    distances = shape.distance(points)
    inside = points[distances < 0]
    outside, far = points[distances > 0.02][:500], distances[distances > 0.02][:500]
    nearest = np.sqrt(((outside[:, None] - inside[None]) ** 2).sum(axis=2)).min(axis=1)

    assert len(inside) > 20
    assert (np.abs(inside) < 1.3).all()
    assert (0.9 * far <= nearest + 1e-4).all()


def test_kinds_that_are_held_out_are_not_trained_on():
    assert not set(TRAINED) & set(HELD_OUT)
    rng = np.random.default_rng(2)
    for split, kinds in SPLITS.items():
        drawn = {each.kind for _ in range(60) for each in draw_scene(split, rng).bodies if isinstance(each, Solid)}
        assert drawn == set(kinds)


def test_depth_is_drawn_as_the_texturing_path_draws_it():
    sight = looking(solid("sphere"))
    ball = trimesh.creation.icosphere(5, 0.9)
    scene = MeshScene(objects=(MeshObject(name="ball", positions=ball.vertices, faces=ball.faces),))
    camera = Camera.looking(np.array([0.0, 0.0, 4.0]), np.zeros(3), width_px=64, height_px=64, fov_deg=35.0)
    expected = shading.depth_picture(rasterise(surface_of(scene), camera))[..., 0].astype(int)

    inner = (expected > 60) & (sight.control > 60)
    assert inner.mean() > 0.2
    assert np.abs(expected - sight.control)[inner].max() <= 8
    assert ((expected == 0) == (sight.control == 0)).mean() > 0.98


def test_nearness_spans_its_range_and_is_nothing_where_nothing_is():
    found = relative(np.array([[3.0, 1.0, 9.0]]), np.array([[True, True, False]]))

    assert found == pytest.approx(np.array([[1.0, 0.1, 0.0]]))
    assert relative(np.ones((2, 2)), np.ones((2, 2), bool)) == pytest.approx(0.1)


def test_light_comes_from_the_upper_left_and_the_material_lies_dim_behind():
    white = np.full((64, 64, 3), 200, np.uint8)
    picture = paint(looking(solid("sphere")), white)[..., 0].astype(int)

    assert picture[24, 24] > picture[40, 40] + 30
    assert picture[0, 0] == pytest.approx(200 * BEHIND, abs=2)


def test_a_flat_relief_is_the_material_itself():
    rng = np.random.default_rng(3)
    noise = rng.integers(60, 200, (256, 256, 3)).astype(np.uint8)
    flat = next(s for _ in range(99) if np.ptp((s := look_at_relief("train", 128, rng)).control) == 0)
    contrast = paint(flat, noise).std(axis=(0, 1))

    assert (contrast > 20).all()
    assert flat.control.min() >= 26


@pytest.mark.parametrize("split", SPLITS)
def test_equal_seeds_make_equal_sights(split):
    first, second = (draw_sight(split, np.random.default_rng(4), 64) for _ in range(2))

    assert np.array_equal(first.control, second.control)
    assert np.array_equal(first.places, second.places)


def test_edges_that_lie_on_the_depths_agree_and_others_do_not():
    control = np.zeros((64, 64), np.uint8)
    control[16:48, 16:48] = 200
    same = np.repeat(control[..., None], 3, axis=2)
    elsewhere = np.roll(same, (20, 20), (0, 1))

    assert depth_edges(control).sum() == 4 * 2 * 32
    assert f_score(depth_edges(same[..., 0]), depth_edges(control)) == 1
    assert f_score(depth_edges(elsewhere[..., 0]), depth_edges(control)) < 0.3
    assert f_score(np.zeros((64, 64), bool), depth_edges(control)) == 0
    assert steepness_auc(same, depth_edges(control)) > 0.95
    assert steepness_auc(elsewhere, depth_edges(control)) < 0.6
