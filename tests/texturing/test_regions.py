"""Regions of what is painted already: changed by as much as they may, and not one bit beside."""

import numpy as np
import pytest

from sfumato.texturing import Camera, MeshRefused, Painter, Scene
from tests.texturing.shapes import cloudy, noise, quad, scene_of, torus

FRONT = Camera.looking(np.array([0.0, 0.0, 3.0]), np.zeros(3), width_px=192, height_px=192)


def given_texture(size_px=128, channels=3, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (size_px, size_px, channels), np.uint8)


def test_a_soft_limit_mixes_by_its_share_and_0_keeps_to_the_bit():
    given = given_texture()
    painter = Painter(Scene(objects=(quad(),)), size_px=128, cameras=[FRONT], textures=[given])
    share = np.clip(painter.texels.position[:, 0], 0, 1)
    painter.limit(share)
    painter.repaint(FRONT, None, lambda view: np.ones((192, 192, 3)))
    found = painter.finished()[0].astype(float)
    columns = np.arange(128)
    wanted = np.clip((columns + 0.5) / 64 - 1, 0, 1)[None, :, None]
    inside = np.s_[4:124, 64:124]

    assert np.array_equal(found[:, :64], given[:, :64])
    assert np.abs(found - (given * (1 - wanted) + 255 * wanted))[inside].max() <= 1.5


def test_without_a_limit_or_a_brush_what_is_seen_well_is_painted_and_the_back_is_kept():
    scene = scene_of(torus())
    given = np.full((256, 256, 3), 200, np.uint8)
    camera = Camera.looking(np.array([0.0, 0.0, 5.0]), np.zeros(3), width_px=256, height_px=256)
    painter = Painter(scene, size_px=256, cameras=[camera], textures=[given])
    painter.repaint(camera, None, lambda view: np.ones((256, 256, 3)))
    back = painter.texels.normal[:, 2] < 0
    cells = painter.texels.cell[back]
    found = painter.finished()[0].reshape(-1, 3)

    assert np.array_equal(found[cells], given.reshape(-1, 3)[cells])
    straight = painter.texels.cell[painter.texels.normal[:, 2] > 0.95]
    assert (found[straight] > 230).mean() > 0.95


def test_a_limit_holds_over_all_views_and_what_none_saw_keeps_its_paint():
    scene = scene_of(torus())
    given = given_texture(256, seed=3)
    painter = Painter(scene, size_px=256, view_px=128, views=3, textures=[given])
    share = (painter.texels.position[:, 1] > 0).astype(np.float32)
    painter.limit(share)
    list(painter.paint(cloudy))
    seen = painter.canvas.weight > 1e-5
    found = painter.finished()[0].reshape(-1, 3)[painter.texels.cell]
    before = given.reshape(-1, 3)[painter.texels.cell]

    assert np.array_equal(found[share == 0], before[share == 0])
    unseen = (share > 0) & ~seen
    assert unseen.any()
    assert np.array_equal(found[unseen], before[unseen])
    assert (found != before).any(axis=1)[(share > 0) & seen].mean() > 0.9


def test_what_is_transparent_is_painted_and_what_is_not_is_kept():
    given = given_texture(channels=4)
    given[..., 3] = 255
    given[:, 64:, 3] = 0
    painter = Painter(Scene(objects=(quad(),)), size_px=128, cameras=[FRONT], textures=[given])
    picture = noise(192, 192)
    list(painter.paint(lambda view: picture))
    found = painter.finished()[0]

    assert np.array_equal(found[:, :64], given[:, :64, :3])
    assert (found[:, 66:] != given[:, 66:, :3]).any(axis=2).mean() > 0.98


def test_a_region_that_no_camera_sees_is_refused():
    painter = Painter(Scene(objects=(quad(),)), size_px=64, cameras=[FRONT], textures=[given_texture(64)])
    painter.limit(np.zeros(len(painter.texels)))
    with pytest.raises(MeshRefused, match="nothing of what is to be painted is seen"):
        painter.repaint(FRONT, None, cloudy)


def test_textures_of_another_number_or_size_are_refused():
    scene = Scene(objects=(quad(),))
    with pytest.raises(ValueError, match="textures: got 2, expected 1"):
        Painter(scene, size_px=64, cameras=[FRONT], textures=[given_texture(64)] * 2)
    with pytest.raises(ValueError, match="textures: got uint8 of shape"):
        Painter(scene, size_px=64, cameras=[FRONT], textures=[given_texture(32)])


def test_a_growing_texture_is_small_gray_where_nothing_is_and_painted_beside_islands():
    scene = scene_of(torus())
    painter = Painter(scene, size_px=256, cameras=[FRONT])
    before = painter.growing(64)[0]
    list(painter.paint(lambda view: np.ones((192, 192, 3))))
    after = painter.growing(100)[0]
    full = painter.growing()[0]

    assert before.shape == (64, 64, 3)
    assert (before == 128).all()
    assert after.shape == (85, 85, 3)
    assert full.shape == (256, 256, 3)
    assert {0.1 < (each == 255).all(axis=2).mean() < 0.9 for each in (after, full)} == {True}
