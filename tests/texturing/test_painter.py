"""The session: what is kept, what goes on, what is repainted, and what no view saw."""

import numpy as np
import pytest
import trimesh

from sfumato.errors import Conflict
from sfumato.texturing import Camera, MeshRefused, Painter, Scene, rendered
from sfumato.texturing.surface import surface_of
from sfumato.texturing.viewpoints import framing
from tests.texturing.shapes import cloudy, mesh_of, monkey, noise, quad, scene_of, torus

SIZES = {"size_px": 256, "view_px": 256, "views": 6}


@pytest.fixture(scope="module")
def scene():
    return scene_of(torus())


@pytest.fixture(scope="module")
def uninterrupted(scene):
    painter = Painter(scene, **SIZES)
    steps = list(painter.paint(cloudy))
    return painter, steps, painter.finished()


def test_the_texture_grows_view_by_view(scene):
    painter = Painter(scene, **SIZES)
    seen = []
    for number, step in enumerate(painter.paint(cloudy), start=1):
        assert (step.views_done, step.view_count) == (number, len(painter.cameras))
        seen.append((painter.canvas.weight > 0).mean())
        assert painter.textures()[0].shape == (256, 256, 3)

    assert seen == sorted(seen)
    assert seen[0] > 0.2
    assert seen[-1] > 0.97


def test_a_view_is_told_what_is_there_and_what_is_new(scene):
    painter = Painter(scene, **SIZES)
    views = []

    def draw(view):
        views.append(view)
        return cloudy(view)

    list(painter.paint(draw))
    first, later = views[0], views[3]

    assert not first.known.any()
    assert first.new.all()
    assert (first.share == first.mask).mean() > 0.9
    assert later.known.any()
    assert not later.new.all()
    assert (later.share[~later.mask] == 0).all()
    assert first.depth[first.mask].min() > 20
    assert (first.depth[~first.mask] == 0).all()
    blocks = later.new.reshape(32, 8, 32, 8)
    assert (blocks.all(axis=(1, 3)) == blocks.any(axis=(1, 3))).all()
    assert (later.new | (later.share == 0)).all()


def test_what_is_painted_is_seen_from_the_next_view_as_it_was_drawn(scene):
    camera = framing(surface_of(scene), np.array([0.2, 0.5, 1.0]), 256)
    painter = Painter(scene, size_px=1024, cameras=[camera, camera])
    picture = noise(256, 256)
    steps = painter.paint(lambda view: picture)
    next(steps)
    parts = painter._seen(camera)[2]
    clear = parts.known & (parts.share == 0)

    assert clear.mean() > 0.2
    assert np.abs(parts.painted[clear] / 255 - picture[clear]).mean() < 0.01


def test_a_second_pass_changes_nothing_that_was_to_be_kept(scene):
    painter = Painter(scene, **SIZES)
    list(painter.paint(cloudy))
    colour, weight = painter.canvas.colour.copy(), painter.canvas.weight.copy()
    shares = np.zeros(len(colour))
    for camera in painter.cameras:
        _, projection, parts = painter._seen(camera)
        picture = np.ones((256, 256, 3), np.float32)
        share = projection.colours(parts.share[..., None])[:, 0]
        np.maximum.at(shares, projection.texel, share)
        painter.canvas.blend(projection.texel, projection.colours(picture), projection.trust, share)
    kept = (shares == 0) & (weight > 0)

    assert kept.mean() > 0.8
    assert np.array_equal(painter.canvas.colour[kept], colour[kept])


def test_painting_a_finished_mesh_again_changes_no_byte_of_its_textures(scene, uninterrupted):
    given = uninterrupted[2]
    painter = Painter(scene, **SIZES, textures=given)
    drawn = []
    list(painter.paint(lambda view: drawn.append(view) or np.ones((256, 256, 3))))

    assert not drawn
    assert np.array_equal(painter.finished()[0], given[0])


def test_views_that_show_nothing_new_are_not_drawn(scene):
    camera = framing(surface_of(scene), np.array([0.0, 1.0, 0.0]), 256)
    painter = Painter(scene, size_px=256, cameras=[camera, camera])
    drawn = []
    steps = list(painter.paint(lambda view: drawn.append(view) or cloudy(view)))

    assert len(drawn) == 1
    assert [each.was_skipped for each in steps] == [False, True]


def test_going_on_from_a_saved_state_gives_the_texture_of_an_uninterrupted_run(scene, uninterrupted, tmp_path):
    first = Painter(scene, **SIZES)
    first.notes = {"seed": 7}
    for step in first.paint(cloudy):
        if step.views_done == 2:
            break
    first.save(tmp_path / "state.npz")
    second = Painter(scene, **SIZES)
    second.restore(tmp_path / "state.npz")

    assert second.views_done == 2
    assert second.notes == {"seed": 7}
    list(second.paint(cloudy))
    assert np.array_equal(second.finished()[0], uninterrupted[2][0])
    assert [path.name for path in tmp_path.iterdir()] == ["state.npz"]


def test_a_view_that_is_cancelled_or_fails_leaves_no_trace_and_can_be_painted_again(scene, uninterrupted):
    painter = Painter(scene, **SIZES)

    def cancelled(view):
        if view.number == 1:
            painter.cancel()
        return cloudy(view)

    def failing(view):
        raise RuntimeError("no")

    assert [step.views_done for step in painter.paint(cancelled)] == [1]
    before = painter.canvas.colour.copy()
    with pytest.raises(RuntimeError, match="no"):
        list(painter.paint(failing))
    assert np.array_equal(painter.canvas.colour, before)
    list(painter.paint(cloudy))
    assert np.array_equal(painter.finished()[0], uninterrupted[2][0])


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nonsense", b"{}"])
def test_a_file_that_is_no_state_is_refused_by_name(scene, tmp_path, content):
    path = tmp_path / "state.npz"
    path.write_bytes(content)
    with pytest.raises(Conflict, match=r"state\.npz"):
        Painter(scene, **SIZES).restore(path)


def test_the_state_of_another_mesh_is_refused(scene, tmp_path):
    Painter(scene, **SIZES).save(tmp_path / "state.npz")
    with pytest.raises(Conflict, match="another mesh"):
        Painter(scene_of(monkey()), **SIZES).restore(tmp_path / "state.npz")


def test_a_brush_repaints_its_region_and_nothing_else(scene, uninterrupted):
    given = [each.copy() for each in uninterrupted[2]]
    painter = Painter(scene, **SIZES, textures=given)
    camera = framing(painter.surface, np.array([0.0, 1.0, 0.2]), 256)
    brush = np.zeros((256, 256), np.float32)
    brush[150:230, 90:170] = 1
    painter.repaint(camera, brush, lambda view: np.ones((256, 256, 3)))
    after = painter.finished()
    changed = (after[0] != given[0]).any(axis=2)
    island = painter.texels.index[0] >= 0
    place = camera.pixels(camera.seen(painter.texels.position[painter.texels.index[0][changed & island]]))

    assert changed.sum() > 300
    assert ((place > [89, 149]) & (place < [171, 231])).all()
    assert (after[0][changed & island] > 200).mean() > 0.9
    again = painter.finished()
    assert np.array_equal(again[0], after[0])


def test_a_brush_of_another_size_is_refused(scene):
    painter = Painter(scene, **SIZES)
    with pytest.raises(ValueError, match=r"brush: got shape \(8, 8\), expected the camera's \(256, 256\)"):
        painter.repaint(painter.cameras[0], np.ones((8, 8)), cloudy)


def test_a_drawing_of_another_size_is_refused(scene):
    with pytest.raises(ValueError, match="draw: got a picture of shape"):
        list(Painter(scene, **SIZES).paint(lambda view: np.ones((100, 100, 3))))


def test_textures_that_are_given_are_kept_to_the_bit_beside_the_islands_too(scene):
    given = np.random.default_rng(2).integers(0, 255, (256, 256, 3), dtype=np.uint8)
    painter = Painter(scene, **SIZES, textures=[given])

    assert np.array_equal(painter.textures()[0], given)
    assert np.array_equal(painter.finished()[0], given)


def test_what_no_view_saw_is_filled_along_the_surface_not_across_the_air():
    """The back of a folded sheet is near its front in the air and far away on the surface."""
    wall = quad(name="front")
    other = quad(z=-0.02, name="back")
    scene = Scene(objects=(wall, other))
    camera = Camera.looking(np.array([-3.0, 0.0, 0.0]), np.zeros(3), width_px=64, height_px=64)
    painter = Painter(scene, size_px=64, cameras=[camera])
    left = painter.texels.position[:, 0] < 0
    is_front = painter.texels.face < 2
    painter.canvas.colour[is_front] = [1, 0, 0]
    painter.canvas.colour[~is_front] = [0, 0, 1]
    painter.canvas.weight[left] = 1
    front, back = painter.finished()

    assert (front[..., 0] == 255).all()
    assert (front[..., 2] == 0).all()
    assert (back[..., 2] == 255).all()
    assert (back[..., 0] == 0).all()


def test_an_object_that_no_view_saw_is_filled_from_the_nearest_one():
    inner = mesh_of("inner", trimesh.creation.icosphere(1, 0.3))
    scene = scene_of(mesh_of("outer", trimesh.creation.icosphere(2, 1.0)), inner)
    painter = Painter(scene, **SIZES)
    list(painter.paint(lambda view: np.full((256, 256, 3), 0.5)))
    outer, inner = painter.finished()

    assert (outer == 128).all()
    assert (inner == 128).all()


def test_each_object_gets_a_texture_of_its_own_though_their_uvs_are_the_same():
    scene = Scene(objects=(quad(name="left", half=0.5), mesh_at(quad(name="right", half=0.5), 2.0)))
    camera = framing(surface_of(scene), np.array([0.0, 0.0, 1.0]), 256)
    painter = Painter(scene, size_px=128, cameras=[camera])

    def halves(view):
        picture = np.zeros((256, 256, 3))
        picture[:, :128, 0], picture[:, 128:, 2] = 1, 1
        return picture

    list(painter.paint(halves))
    left, right = painter.finished()

    assert (left == [255, 0, 0]).all()
    assert (right == [0, 0, 255]).all()


def test_the_painted_mesh_looks_like_what_was_drawn(scene):
    camera = framing(surface_of(scene), np.array([0.2, 0.8, 1.0]), 256)
    painter = Painter(scene, size_px=512, cameras=[camera])
    picture = noise(256, 256, grain=24)
    list(painter.paint(lambda view: picture))
    shown = rendered(scene, painter.finished(), camera, lit=False) / 255
    mask = painter._seen(camera)[2].known

    assert np.abs(shown - picture)[mask].mean() < 0.03


def test_a_mesh_without_uvs_is_refused_by_the_painter():
    with pytest.raises(MeshRefused, match="'torus' has no UVs; unwrap it first"):
        Painter(Scene(objects=(torus(),)), **SIZES)


def mesh_at(given, x):
    from dataclasses import replace

    return replace(given, positions=given.positions + np.array([x, 0, 0]))
