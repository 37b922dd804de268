"""Projection on cases whose answer is known."""

import numpy as np
import pytest

from sfumato.texturing import Camera, Painter, Scene
from sfumato.texturing.projection import projection_of
from sfumato.texturing.rasteriser import rasterise
from sfumato.texturing.viewpoints import places_on
from sfumato.texturing.visibility import sight_of
from tests.texturing.shapes import cloudy, monkey, part, quad, scene_of, torus

CELLS = 16
OBLIQUE = Camera.looking(
    np.array([0.9, -1.6, 1.5]), np.array([0.0, -0.05, 0.0]), width_px=1024, height_px=1024, fov_deg=62
)


def on_quad(camera, pixels):
    """Where rays through places in the picture (N, 2) meet the plane z = 0, as UVs of the quad."""
    near, far = (camera.points(pixels, np.full(len(pixels), each)) for each in (1.0, 2.0))
    share = near[:, 2] / (near[:, 2] - far[:, 2])
    return ((near + share[:, None] * (far - near))[:, :2] + 1) / 2


def drawn_by_rays(camera, colour_at, samples=3):
    """A picture of the plane, each pixel the mean of several rays."""
    picture = 0
    offsets = (np.arange(samples) + 0.5) / samples
    row, column = np.divmod(np.arange(camera.width_px * camera.height_px), camera.width_px)
    for y in offsets:
        for x in offsets:
            picture = picture + colour_at(on_quad(camera, np.stack([column + x, row + y], axis=1)))
    return (picture / samples**2).reshape(camera.height_px, camera.width_px, 3)


def checker(uv):
    dark = (np.floor(uv * CELLS).sum(axis=1) % 2)[:, None]
    return np.repeat(dark, 3, axis=1)


def edges_in(row, threshold=0.5):
    """Where a row of a texture crosses from dark to light or back, in texels, between texel centres."""
    before = np.flatnonzero((row[1:] > threshold) != (row[:-1] > threshold))
    return before + 0.5 + (threshold - row[before]) / (row[before + 1] - row[before])


@pytest.fixture(scope="module")
def picture():
    return drawn_by_rays(OBLIQUE, checker)


@pytest.mark.parametrize("size_px", [128, 512])
def test_a_checker_on_a_large_perspective_quad_lands_within_half_a_texel(size_px, picture):
    painter = Painter(Scene(objects=(quad(),)), size_px=size_px, cameras=[OBLIQUE])
    list(painter.paint(lambda view: picture))
    texture = painter.canvas.pile()[0][..., 0]
    cell = size_px // CELLS
    worst = 0.0
    for line in range(cell // 2, size_px, cell):
        for row in (texture[line], texture[:, line]):
            found = edges_in(row[cell // 2 : -cell // 2]) + cell // 2
            assert len(found) == CELLS - 1
            worst = max(worst, np.abs(found - np.arange(1, CELLS) * cell).max())

    assert worst <= 0.5


def test_every_texel_gets_the_colour_of_its_own_place():
    painter = Painter(Scene(objects=(quad(),)), size_px=256, cameras=[OBLIQUE])
    ramp = drawn_by_rays(OBLIQUE, lambda uv: np.concatenate([uv, uv[:, :1]], axis=1), samples=1)
    list(painter.paint(lambda view: ramp))
    painted = painter.canvas.weight > 0
    row, column = np.divmod(painter.texels.cell[painted], 256)
    found = painter.canvas.colour[painted, :2] * 256

    assert painted.mean() > 0.98
    assert np.abs(found - np.stack([column + 0.5, 256 - (row + 0.5)], axis=1)).max() < 0.5


@pytest.mark.parametrize("gap", [0.05, 0.3])
@pytest.mark.parametrize("place", [(0.0, 0.0, 4.0), (2.0, 1.0, 3.0)], ids=["straight", "oblique"])
@pytest.mark.parametrize("settings", [{}, {"height_units": 3.0}], ids=["perspective", "orthographic"])
def test_an_occluder_leaks_nothing_onto_what_is_behind(gap, place, settings):
    scene = Scene(objects=(quad(name="wall"), quad(z=gap, half=0.4, name="occluder")))
    camera = Camera.looking(np.array(place), np.zeros(3), width_px=512, height_px=512, **settings)
    painter = Painter(scene, size_px=512, cameras=[camera])
    list(painter.paint(lambda view: np.ones((512, 512, 3))))
    of_wall = painter.texels.face < 2
    texels = painter.texels.position[of_wall].astype(float)
    towards = camera.towards(texels)
    crossing = texels + towards * (gap / towards[:, 2:])
    behind = (np.abs(crossing[:, :2]) < 0.4).all(axis=1)
    painted = painter.canvas.weight[of_wall] > 0

    assert behind.sum() > 2000
    assert not (painted & behind).any()
    assert painted[~behind].mean() > 0.95


def test_nothing_is_painted_on_the_back_of_a_closed_shape():
    scene = scene_of(torus())
    camera = Camera.looking(np.array([0.0, 0.0, 4.0]), np.zeros(3), width_px=256, height_px=256)
    painter = Painter(scene, size_px=256, cameras=[camera])
    list(painter.paint(cloudy))
    painted = painter.canvas.weight > 0
    way = camera.towards(painter.texels.position)

    assert painted.any()
    assert (np.einsum("ni,ni->n", painter.texels.normal, way)[painted] > 0).all()


@pytest.mark.parametrize("shape", [torus, monkey, part])
def test_at_least_98_percent_of_the_visible_surface_is_covered(shape):
    scene = scene_of(shape())
    painter = Painter(scene, size_px=384, view_px=384, views=10)
    visible = np.zeros(len(painter.texels), bool)
    for way in directions(40):
        camera = Camera.looking(way * 8, np.zeros(3), width_px=512, height_px=512, fov_deg=26)
        seen = sight_of(rasterise(painter.surface, camera), painter.surface, painter.texels, least_cosine=0.1)
        visible[seen.texel] = True
    list(painter.paint(cloudy))
    painted = painter.canvas.weight > 0

    assert visible.mean() > 0.75
    assert painted[visible].mean() >= 0.98


def test_texels_that_a_coarse_unwrap_gives_no_centre_still_belong_to_their_face():
    scene = scene_of(monkey())
    painter = Painter(scene, size_px=32, view_px=64, views=1)

    assert len(np.unique(painter.texels.face)) > 400


def test_a_straight_view_is_trusted_more_than_a_flat_one_and_an_outline_least():
    painter = Painter(scene_of(torus()), size_px=256, view_px=256, views=1)
    frame = rasterise(painter.surface, painter.cameras[0])
    seen = projection_of(frame, painter.surface, places_on(painter.surface))

    assert seen.trust.min() > 0
    assert seen.trust.max() <= 1
    assert seen.trust.max() > 20 * seen.trust.min()


def directions(count):
    number = np.arange(count) + 0.5
    up, turn = 1 - 2 * number / count, number * np.pi * (3 - np.sqrt(5))
    return np.stack([np.sqrt(1 - up**2) * np.sin(turn), up, np.sqrt(1 - up**2) * np.cos(turn)], axis=1)
