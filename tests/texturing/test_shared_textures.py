"""Objects that share a texture, and new UVs for several at once."""

import numpy as np
import pytest
import trimesh

from sfumato.texturing import (
    Camera,
    MeshObject,
    Painter,
    Scene,
    load,
    save,
    shared_uv_problem,
    unwrapped_together,
    uv_problem,
)
from tests.texturing.shapes import mesh_of, monkey, quad, torus


def half(number, name, **more):
    """A square that has one half of a texture, and stands beside the other."""
    given = quad(name=name)
    uvs = given.uvs * [0.5, 1] + [number / 2, 0]
    positions = given.positions + np.array([2.2 * number, 0, 0])
    return MeshObject(name=name, positions=positions, faces=given.faces, uvs=uvs, **more)


def test_objects_with_one_texture_paint_it_together():
    scene = Scene(objects=(half(0, "left", texture="both"), quad(z=-1, name="own"), half(1, "right", texture="both")))
    camera = Camera.looking(np.array([1.1, 0.0, 6.0]), np.array([1.1, 0, 0]), width_px=256, height_px=256)
    painter = Painter(scene, size_px=128, cameras=[camera])
    picture = np.zeros((256, 256, 3))
    picture[:, :128, 0] = picture[:, 128:, 2] = 1
    list(painter.paint(lambda view: picture))
    both, own = painter.finished()

    assert scene.texture_of == [0, 1, 0]
    assert [[each.name for each in objects] for objects in scene.textures] == [["left", "right"], ["own"]]
    assert (both[8:120, 4:60] == [255, 0, 0]).all()
    assert (both[8:120, 68:124] == [0, 0, 255]).all()
    assert own.shape == both.shape


def test_a_name_is_not_taken_for_a_shared_texture():
    scene = Scene(objects=(quad(name="paint"), half(0, "other", texture="paint")))

    assert scene.texture_of == [0, 1]


def test_uvs_that_are_fine_alone_may_overlap_together():
    left, right = half(0, "left", texture="t"), half(1, "right", texture="t")

    assert shared_uv_problem([left, right]) is None
    assert shared_uv_problem([left]) is None
    assert "share the texture overlap on 100%" in shared_uv_problem([left, half(0, "twin", texture="t")])
    assert shared_uv_problem([left, mesh_of("bare", trimesh.creation.box())]) == "'bare': it has no UVs"


def quads_of(shape):
    """The polygon of each face: faces in pairs that lie side by side in the list."""
    return np.arange(len(shape.faces)) // 2


def grid_sphere(name, at=0.0):
    """A sphere of bent quads, two triangles each, of which charts would cut some."""
    rows, columns = 12, 24
    up, around = np.meshgrid(
        np.linspace(0.05, np.pi - 0.05, rows), np.arange(columns) / columns * 2 * np.pi, indexing="ij"
    )
    bumps = 1 + 0.25 * np.sin(5 * around) * np.sin(3 * up)
    points = (
        np.stack([np.sin(up) * np.cos(around), np.cos(up), np.sin(up) * np.sin(around)], axis=-1) * bumps[..., None]
    )
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b = index[:-1], np.roll(index, -1, axis=1)[:-1]
    c, d = np.roll(index, -1, axis=1)[1:], index[1:]
    faces = np.stack([np.stack([a, b, c], -1), np.stack([a, c, d], -1)], axis=2).reshape(-1, 3)
    return MeshObject(name=name, positions=points.reshape(-1, 3) + np.array([at, 0, 0]), faces=faces)


def test_new_uvs_cut_no_polygon_and_do_not_overlap():
    given = grid_sphere("sphere")
    polygons = quads_of(given)
    [new] = unwrapped_together([given], size_px=256, polygons=[polygons])
    # Both triangles of a quad name its first and third corner: they must lie at one place.
    first, second = new.uvs[0::2], new.uvs[1::2]

    assert np.array_equal(first[:, 0], second[:, 0])
    assert np.array_equal(first[:, 2], second[:, 1])
    assert uv_problem(new) is None
    assert np.array_equal(new.faces, given.faces)


def test_objects_that_share_a_texture_are_unwrapped_side_by_side():
    meshes = [grid_sphere("one"), grid_sphere("two", at=3.0), torus(), monkey()]
    polygons = [quads_of(each) if each.name in ("one", "two") else np.arange(len(each.faces)) for each in meshes]
    together = unwrapped_together(meshes, size_px=512, polygons=polygons)

    assert shared_uv_problem(together) is None
    assert [each.name for each in together] == ["one", "two", "torus", "monkey"]


@pytest.mark.parametrize("name", ["shared.glb", "shared.obj"])
def test_a_shared_texture_is_written_for_each_of_its_objects(name, tmp_path):
    scene = Scene(objects=(half(0, "left", texture="both"), half(1, "right", texture="both")))
    picture = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    save(tmp_path / name, scene, [picture])

    # An obj groups its faces by material, and these two have one.
    assert sum(len(each.faces) for each in load(tmp_path / name).objects) == 4
