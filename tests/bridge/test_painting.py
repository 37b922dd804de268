"""Meshes painted over frames: a real bridge, a real daemon with Ground, and a process that paints."""

import os
import signal

import numpy as np
import pytest

import sfumato
from sfumato.texturing.control import BROUGHT_STRENGTH
from tests.bridge.paintings import box, paint, ring, textures_of
from tests.bridge.spoken import Bridge


@pytest.fixture(scope="module", autouse=True)
def worker(home):
    """Have the worker's first start behind us: a busy machine takes minutes for it."""
    assert home.run("models", "list").returncode == 0


@pytest.fixture
def bridge(home):
    with Bridge(home.environment) as bridge:
        yield bridge


def ended(header):
    return header["op"] in ("finished", "rejected")


#: A view takes so long then that what a test does in the middle of it comes in time.
SLOWLY = {"steps": 60}


def outcome(bridge, ticket):
    """How a painting has ended, or will: of two at a time, either may be the first."""
    told = [header for header in bridge.heard() if ended(header) and header["ticket"] == ticket]
    return told[0] if told else bridge.until(ended, ticket=ticket)[0]


def test_a_mesh_is_painted_view_by_view(bridge):
    paint(bridge, "a", [ring()], preview_px=64)
    finished = outcome(bridge, "a")

    mine = [header for header in bridge.heard() if header.get("ticket") == "a"]
    assert finished["state"] == "succeeded", finished
    assert mine[0]["op"] == "accepted"
    assert mine[0]["textures"] == ["ring"]
    assert mine[0]["seed"] == 5
    count = mine[0]["view_count"]
    views = [each for each in mine if each.get("kind") == "view"]
    assert [each["views_done"] for each in views] == list(range(1, count + 1))
    assert [each["coverage"] for each in views] == sorted(each["coverage"] for each in views)
    assert views[-1]["coverage"] > 0.5
    steps = [each for each in mine if each.get("kind") == "step"]
    assert {each["view_index"] for each in steps} <= set(range(count))
    assert any("picture" in each for each in steps)
    numbers = [each["event"] for each in mine[1:]]
    assert numbers == sorted(set(numbers))
    grown = [each["picture"]["width_px"] for each in mine if each["op"] == "texture" and not each["final"]]
    assert set(grown) == {64}
    painted = textures_of(bridge, "a")["ring"]
    assert painted.shape == (128, 128, 4)
    assert (painted[..., 3] == 255).all()
    assert painted[..., :3].std() > 8


def test_objects_share_a_texture_or_have_their_own(bridge):
    meshes = [box("left", (-1.2, 0, 0)), box("right", (1.2, 0, 0)), ring(at=(0, 2.5, 0))]
    left, right = meshes[:2]
    for mesh, place in ((left, 0.0), (right, 0.5)):
        mesh.texture = "both"
        mesh.replace_uvs(mesh.uvs * [0.5, 1] + [place, 0])
    paint(bridge, "a", meshes, as_they_are=False)

    assert outcome(bridge, "a")["state"] == "succeeded"
    assert set(textures_of(bridge, "a")) == {"both", "ring"}


def test_uvs_that_hold_no_paint_are_told_and_new_ones_offered(bridge):
    overlapping = box()
    overlapping.replace_uvs(overlapping.uvs % 0.34 * 2)
    paint(bridge, "a", [ring(uvs=False), overlapping])
    refused = outcome(bridge, "a")
    bare = box(uvs=False, polygons=np.arange(12) // 2)
    bridge.send(op="unwrap", ticket="u", meshes=[bare.row], size_px=128, body=bare.body)
    header, body = bridge.until("unwrapped")
    uvs = np.frombuffer(body, "<f4").reshape(12, 3, 2)
    paint(bridge, "b", [overlapping], as_they_are=True, views=1)
    paint(bridge, "c", [bare.with_uvs(uvs)], views=1)

    assert refused["error"]["code"] == "UVS_UNFIT"
    assert refused["error"]["fields"][0]["field"] == "meshes.ring.uvs"
    assert "it has no UVs" in refused["error"]["message"]
    assert header["meshes"] == [{"name": "box", "triangle_count": 12}]
    assert outcome(bridge, "b")["state"] == "succeeded"
    assert outcome(bridge, "c")["state"] == "succeeded"


def test_a_cancelled_painting_goes_on_and_ends_as_if_it_had_not_been(bridge):
    paint(bridge, "whole", [ring()], views=2, recipe=SLOWLY)
    assert outcome(bridge, "whole")["state"] == "succeeded"
    paint(bridge, "first", [ring()], views=2, painting="p1", recipe=SLOWLY)
    bridge.until("texture", ticket="first")
    bridge.send(op="cancel", ticket="first")
    stopped = outcome(bridge, "first")
    paint(bridge, "again", [ring()], views=2, painting="p1", recipe=SLOWLY, **{"continue": True})
    went_on = bridge.until("accepted", ticket="again")[0]

    assert (stopped["state"], stopped["error"], stopped["views_done"]) == ("cancelled", None, 1)
    assert (went_on["views_done"], went_on["seed"]) == (1, 5)
    assert outcome(bridge, "again")["state"] == "succeeded"
    assert np.array_equal(textures_of(bridge, "again")["ring"], textures_of(bridge, "whole")["ring"])


def test_a_daemon_that_is_killed_in_a_view_costs_the_painting_nothing(bridge, home):
    paint(bridge, "a", [ring()], views=2, recipe=SLOWLY)
    bridge.until("event", ticket="a", kind="step")
    os.kill(home.announced()["pid"], signal.SIGKILL)

    assert outcome(bridge, "a")["state"] == "succeeded"
    assert textures_of(bridge, "a")["ring"][..., :3].std() > 8


def test_a_bridge_that_is_killed_is_followed_by_one_that_goes_on(home):
    with Bridge(home.environment) as bridge:
        paint(bridge, "a", [ring()], views=2, painting="p2", recipe=SLOWLY)
        bridge.until("texture", ticket="a")
        bridge.kill()
    with Bridge(home.environment) as bridge:
        paint(bridge, "a", [ring()], views=2, painting="p2", recipe=SLOWLY, **{"continue": True})

        assert bridge.until("accepted", ticket="a")[0]["views_done"] == 1
        assert outcome(bridge, "a")["state"] == "succeeded"


#: Blender's camera, five units in front of the ring, which lies in the plane of x and y there.
MATRIX = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 5, 0, 0, 0, 1]
CAMERA = {"matrix": MATRIX, "width_px": 64, "height_px": 64, "fov_deg": 40.0}


def test_a_brush_in_a_view_repaints_its_region_and_not_one_byte_beside(bridge):
    given = np.random.default_rng(0).integers(0, 256, (128, 128, 4), np.uint8)
    given[..., 3] = 255
    mesh = ring()
    share = np.zeros((128, 128), np.uint8)
    share[:, 40:90] = 255
    pictures = [("now", given), ("region", share)]
    rows = [{"texture": "ring", "picture": "@now", "brush": "@region"}]
    paint(bridge, "a", [mesh], camera=CAMERA, up="z", textures=rows, pictures=pictures)
    assert outcome(bridge, "a")["state"] == "succeeded"
    painted = textures_of(bridge, "a")["ring"]
    changed = (painted != given).any(axis=2)

    assert changed[:, 45:85].mean() > 0.2
    assert not changed[:, :36].any()
    assert not changed[:, 94:].any()


def test_selected_faces_are_repainted_from_all_around_and_the_others_kept(bridge):
    given = np.full((128, 128, 4), 200, np.uint8)
    mesh = box()
    mesh = box(selected=np.abs(mesh.normals()[:, 0]) > 0.5)
    rows = [{"texture": "box", "picture": "@now"}]
    paint(bridge, "a", [mesh], textures=rows, pictures=[("now", given)], views=6)
    assert outcome(bridge, "a")["state"] == "succeeded"
    changed = (textures_of(bridge, "a")["box"] != given).any(axis=2)

    # The sides that look along x lie in the two left fields of the lower row.
    assert changed[70:125, 5:38].mean() > 0.7
    assert not changed[:58].any()
    assert not changed[:, 92:].any()


def test_what_is_transparent_in_a_texture_is_painted_and_the_rest_kept(bridge):
    given = np.full((128, 128, 4), 90, np.uint8)
    given[:, :64, 3] = 0
    rows = [{"texture": "box", "picture": "@now"}]
    paint(bridge, "a", [box()], textures=rows, pictures=[("now", given)], views=6)
    assert outcome(bridge, "a")["state"] == "succeeded"
    painted = textures_of(bridge, "a")["box"]

    assert np.array_equal(painted[:, 70:], given[:, 70:])
    assert (painted[:, :60, :3].reshape(-1, 3) != 90).any(axis=1).mean() > 0.7
    assert (painted[10:50, 10:30, 3] == 255).all()


WRONG = {
    "meshes": ({"meshes": []}, "meshes"),
    "vertex_count": ({"meshes": [{"name": "a", "triangle_count": 1}]}, "meshes.0.vertex_count"),
    "body": ({"meshes": [{"name": "a", "vertex_count": 9, "triangle_count": 9}]}, "meshes"),
    "size_px": ({"size_px": 10}, "size_px"),
    "views": ({"views": 0}, "views"),
    "up": ({"up": "x"}, "up"),
    "camera": ({"camera": {"matrix": [1, 2]}}, "camera.matrix"),
    "camera size": ({"camera": {"matrix": MATRIX, "width_px": 64}}, "camera.height_px"),
    "texture": ({"textures": [{"texture": "other"}]}, "textures.0.texture"),
    "picture": ({"textures": [{"texture": "ring", "picture": "@no"}]}, "textures.0.picture"),
    "brush": ({"brush": "@no"}, "brush"),
    "painting": ({"painting": "../up"}, "painting"),
    "model": ({"recipe": {"model": "grund"}}, "recipe.model"),
    "size": ({"recipe": {"width_px": 64}}, "recipe.width_px"),
    "steps": ({"recipe": {"steps": -1}}, "steps"),
    "sampler": ({"recipe": {"sampler": {"id": "no.such"}}}, "sampler.id"),
}


@pytest.mark.parametrize(("fields", "field"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_an_order_is_named(bridge, fields, field):
    order = dict(fields)
    meshes = order.pop("meshes", None)
    if meshes is None:
        paint(bridge, "a", [ring()], **order)
    else:
        bridge.send(op="paint", ticket="a", meshes=meshes, recipe={"prompt": "x"})
    error = outcome(bridge, "a")["error"]

    assert error["code"] == "INVALID_RECIPE"
    assert [each["field"] for each in error["fields"]] == [field]


def test_a_region_of_an_unpainted_mesh_and_one_that_no_camera_sees_are_refused(bridge):
    paint(bridge, "a", [ring(selected=np.ones(320))])
    unpainted = outcome(bridge, "a")["error"]
    region = np.zeros((64, 64), np.uint8)
    region[:2, :2] = 255
    now = np.zeros((128, 128, 4), np.uint8)
    paint(
        bridge, "b", [ring()], camera=CAMERA, brush="@region", pictures=[("now", now), ("region", region)],
        textures=[{"texture": "ring", "picture": "@now"}],
    )  # fmt: skip

    assert [each["field"] for each in unpainted["fields"]] == ["textures"]
    assert "nothing of what is to be painted is seen" in outcome(bridge, "b")["error"]["message"]


def test_a_mesh_that_is_none_is_refused_by_its_name(bridge):
    mesh = ring("bent")
    mesh.body = np.full(len(mesh.positions) * 3, np.nan, "<f4").tobytes() + mesh.body[len(mesh.positions) * 12 :]
    paint(bridge, "a", [mesh])

    assert "'bent'" in outcome(bridge, "a")["error"]["message"]


def test_views_follow_depth_as_gently_as_everywhere_unless_told_not_to(home, bridge):
    for ticket, more in (("along", {}), ("without", {"depth": False})):
        paint(bridge, ticket, [ring()], recipe={"prompt": f"brick {ticket}"}, views=1, **more)
        assert outcome(bridge, ticket)["state"] == "succeeded"

    announced = home.announced()
    with sfumato.connect(announced["address"], token=announced["token"]) as studio:
        recipes = {job.recipe.prompt: job.recipe for job in studio.jobs()}
    assert [each.params["strength"] for each in recipes["brick along"].conditioners] == [BROUGHT_STRENGTH]
    assert not recipes["brick without"].conditioners
