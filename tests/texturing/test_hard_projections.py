"""Projections that are easily got wrong: turned planes, shifted and parallel cameras, thin and slanted occluders."""

from dataclasses import replace

import numpy as np
import pytest

from sfumato.texturing import Camera, MeshObject, Painter, Scene
from tests.texturing.shapes import quad

CELLS = 12
#: UVs of the quad in other orders: turned by a quarter, mirrored, both.
LAYOUTS = {
    "plain": np.eye(2),
    "turned": np.array([[0, 1], [-1, 0]]),
    "mirrored": np.array([[-1, 0], [0, 1]]),
    "turned and mirrored": np.array([[0, 1], [1, 0]]),
}
CAMERAS = {
    "steep": Camera.looking(
        np.array([1.1, -1.3, 1.1]), np.array([0.1, 0.0, 0]), width_px=900, height_px=900, fov_deg=66
    ),
    "wide and shifted": Camera.looking(
        np.array([-1.4, 0.9, 1.6]), np.array([-0.5, 0.3, 0.0]), width_px=1152, height_px=768, fov_deg=70,
        shift_px=(-140.0, 90.0),
    ),
    "parallel": Camera.looking(
        np.array([1.5, 1.0, 2.0]), np.zeros(3), width_px=768, height_px=768, height_units=3.2, shift_px=(20.0, -30.0)
    ),
}  # fmt: skip


def turned_quad(layout):
    """The square -1 to 1 whose texture is turned or mirrored, in a plane that is turned in space as well."""
    given = quad()
    return replace(given, uvs=(given.uvs - 0.5) @ layout.T + 0.5)


def plane_at(camera, pixels):
    """Where rays through places in the picture meet the plane z = 0, (N, 2)."""
    near, far = (camera.points(pixels, np.full(len(pixels), each)) for each in (1.0, 2.0))
    share = near[:, 2] / (near[:, 2] - far[:, 2])
    return (near + share[:, None] * (far - near))[:, :2]


def checker_seen(camera, samples=2):
    row, column = np.divmod(np.arange(camera.width_px * camera.height_px), camera.width_px)
    offsets = (np.arange(samples) + 0.5) / samples
    whole = 0
    for y in offsets:
        for x in offsets:
            places = plane_at(camera, np.stack([column + x, row + y], axis=1))
            whole = whole + np.floor((places + 1) / 2 * CELLS).sum(axis=1) % 2
    gray = (whole / samples**2).reshape(camera.height_px, camera.width_px, 1)
    return np.repeat(gray, 3, axis=2)


@pytest.fixture(scope="module")
def pictures():
    return {name: checker_seen(camera) for name, camera in CAMERAS.items()}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("name", CAMERAS)
def test_edges_of_a_checker_lie_within_half_a_texel(name, layout, pictures):
    size_px = 16 * CELLS
    painter = Painter(Scene(objects=(turned_quad(layout),)), size_px=size_px, cameras=[CAMERAS[name]])
    picture = pictures[name]
    list(painter.paint(lambda view: picture))
    painted = painter.canvas.weight > 0
    place = (painter.texels.position[painted, :2] + 1) / 2 * CELLS
    wanted = np.floor(place).sum(axis=1) % 2
    # How far each texel's centre is from the nearest edge of the checker, in texels.
    away = np.abs(place - np.round(place)).min(axis=1) * size_px / CELLS
    wrong = (painter.canvas.colour[painted, 0] > 0.5) != (wanted > 0.5)

    assert painted.mean() > 0.9
    assert away[wrong].max(initial=0) <= 0.5


def pole(at=(0.1, 0.0, 0.4), width=0.012):
    """A thin upright box: less than a pixel wide from afar."""
    import trimesh

    box = trimesh.creation.box((width, 1.6, width))
    box.vertices += at
    return MeshObject(
        name="pole", positions=np.array(box.vertices), faces=np.array(box.faces), uvs=np.zeros((12, 3, 2))
    )


def slope():
    """A square that leans towards the wall and nearly touches it at one side."""
    corners = np.array([[-0.5, -0.5, 0.02], [0.5, -0.5, 0.02], [0.5, 0.5, 0.7], [-0.5, 0.5, 0.7]])
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    return MeshObject(name="slope", positions=corners, faces=faces, uvs=np.zeros((2, 3, 2)))


@pytest.mark.parametrize("occluder", [pole, slope], ids=["pole", "slope"])
@pytest.mark.parametrize("view_px", [160, 640])
@pytest.mark.parametrize("place", [(0.0, 0.2, 4.0), (1.8, -1.2, 2.2)], ids=["straight", "oblique"])
def test_nothing_leaks_behind_thin_and_slanted_things(occluder, view_px, place):
    in_front = occluder()
    wall = quad(name="wall")
    scene = Scene(objects=(wall, in_front))
    camera = Camera.looking(np.array(place), np.zeros(3), width_px=view_px, height_px=view_px)
    painter = Painter(scene, size_px=384, cameras=[camera])
    list(painter.paint(lambda view: np.ones((view_px, view_px, 3))))
    of_wall = painter.texels.face < 2
    texels = painter.texels.position[of_wall].astype(float)
    behind = np.zeros(len(texels), bool)
    for triangle in in_front.positions[in_front.faces]:
        behind |= crosses(texels, camera.towards(texels), triangle)
    painted = painter.canvas.weight[of_wall] > 0

    assert behind.sum() > 300
    assert (painted & behind).sum() <= behind.sum() * ALLOWED[occluder, view_px]
    assert painted[~behind].mean() > 0.85


#: A pole that is narrower than a pixel may be missed where no pixel's centre lies on it, and the tip of a corner too;
#: what is seen leaks nothing.
ALLOWED = {(pole, 160): 1.0, (pole, 640): 0.0, (slope, 160): 1e-4, (slope, 640): 0.0}


def crosses(points, ways, triangle):
    """Whether rays from points meet a triangle (Möller and Trumbore 1997)."""
    a, ab, ac = triangle[0], triangle[1] - triangle[0], triangle[2] - triangle[0]
    across = np.cross(ways, ac)
    det = across @ ab
    safe = np.where(np.abs(det) > 1e-12, det, np.inf)
    way = points - a
    u = np.einsum("ni,ni->n", way, across) / safe
    turned = np.cross(way, ab)
    v = np.einsum("ni,ni->n", ways, turned) / safe
    far = turned @ ac / safe
    return (u > 0) & (v > 0) & (u + v < 1) & (far > 1e-6)


def test_a_view_of_which_only_a_part_is_in_the_picture_paints_that_part(pictures):
    camera = CAMERAS["wide and shifted"]
    cut = replace(camera, width_px=camera.width_px // 2, shift_px=(camera.shift_px[0] + camera.width_px / 4, 90.0))
    whole, part = (Painter(Scene(objects=(quad(),)), size_px=128, cameras=[each]) for each in (camera, cut))
    picture = pictures["wide and shifted"]
    list(whole.paint(lambda view: picture))
    list(part.paint(lambda view: picture[:, : cut.width_px]))
    both = part.canvas.weight > 0

    assert 0.2 < both.mean() < 0.9 * (whole.canvas.weight > 0).mean()
    assert np.abs(part.canvas.colour[both] - whole.canvas.colour[both]).max() < 1e-6
