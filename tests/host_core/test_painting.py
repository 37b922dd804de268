"""Paintings as the core of the adapters knows them, over a scripted bridge."""

import struct

import pytest

from host_adapters.core.asking import Refusal
from host_adapters.core.host import Picture
from host_adapters.core.mesh_order import Mesh, Order, Texture, View
from host_adapters.core.mesh_painter import MeshPainter
from tests.host_core.scripted import Line

TRIANGLE = Mesh("tri", 3, 1, b"p" * 36, b"t" * 12, uvs=b"u" * 24)
GRAY = Picture(2, 2, "gray8", b"\x00\xff\x00\xff")
COLOURS = Picture(2, 2, "rgba8", bytes(16))


@pytest.fixture
def line():
    line = Line()
    line.ready()
    return line


@pytest.fixture
def painter(line):
    painter = MeshPainter(line.session, lambda painting: painter.told.append(painting.words))
    painter.told = []
    line.session.on_frame = painter.take
    return painter


def order(**more):
    return Order(meshes=(TRIANGLE,), recipe={"prompt": "moss"}, painting="p", **more)


def say(line, painting, op, body=b"", **fields):
    line.channel.say(op, body, ticket=painting.ticket, **fields)
    line.session.drain()


def begun(line, painter):
    painting = painter.paint(order(), "moss")
    say(line, painting, "accepted", view_count=2, views_done=0, seed=7, textures=["tri"], depth="x.depth")
    return painting


def test_an_order_is_one_frame_with_its_arrays_and_pictures_in_their_order(line, painter):
    view = View((1.0,) * 16, 64, 32, height_units=2.0, shift_px=(3.0, 4.0))
    selected = TRIANGLE._replace(selection=b"\x01", polygons=b"g" * 4)
    pictures = (("own", GRAY),)
    painter.paint(order(view=view, textures=(Texture("tri", COLOURS, GRAY),), pictures=pictures), "moss")
    painter.paint(order()._replace(meshes=(selected,), goes_on=True, depth=False), "moss")
    (header, body), (again, second) = line.channel.sent[-2:]

    assert body == TRIANGLE.positions + TRIANGLE.triangles + TRIANGLE.uvs + GRAY.data + COLOURS.data + GRAY.data
    assert [row["name"] for row in header["pictures"]] == ["own", "texture-0", "brush-0"]
    assert header["textures"] == [{"texture": "tri", "picture": "@texture-0", "brush": "@brush-0"}]
    assert (header["camera"]["height_units"], header["camera"]["shift_y_px"]) == (2.0, 4.0)
    assert header["meshes"][0]["has_uvs"]
    assert not header["meshes"][0]["has_selection"]
    assert second == b"p" * 36 + b"t" * 12 + b"u" * 24 + b"g" * 4 + b"\x01"
    assert (again["continue"], again["depth"], header["depth"]) == (True, False, True)
    assert "camera" not in again


def test_it_is_told_how_far_a_painting_is_and_the_bar_never_runs_back(line, painter):
    painting = begun(line, painter)
    shares = []
    for fields in (
        {"kind": "step", "step_index": 1, "step_count": 2},
        {"kind": "view", "views_done": 1, "view_count": 2, "coverage": 0.5},
        {"kind": "interrupted", "description": "The daemon is away"},
        {"kind": "step", "step_index": 1, "step_count": 2},
        {"kind": "view", "views_done": 2, "view_count": 2, "coverage": 0.9},
        {"kind": "stage", "stage": "fill"},
    ):
        say(line, painting, "event", **fields)
        shares.append(painting.share)
    say(line, painting, "finished", state="succeeded", error=None, views_done=2)

    assert shares == sorted(shares)
    assert (painting.state, painting.coverage, painting.share, painting.depth) == ("succeeded", 0.9, 1.0, "x.depth")
    assert not painting.can_go_on
    assert painter.told[1:3] == ["Painting view 1 of 2", "Painting view 1 of 2"]
    assert "The daemon is away" in painter.told


def test_textures_come_fresh_and_whole(line, painter):
    painting = begun(line, painter)
    picture = {"width_px": 1, "height_px": 1, "format": "rgba8"}
    say(line, painting, "texture", b"\x01\x02\x03\xff", name="tri", final=False, picture=picture)
    assert (painting.textures["tri"].data, painting.fresh) == (b"\x01\x02\x03\xff", {"tri": False})
    say(line, painting, "texture", b"short", name="tri", final=True, picture=picture)
    assert painting.fresh == {"tri": False}
    say(line, painting, "texture", b"\x05\x06\x07\xff", name="tri", final=True, picture=picture)
    assert painting.fresh == {"tri": True}


def test_a_cancelled_painting_can_go_on_once_a_view_was_painted(line, painter):
    painting = begun(line, painter)
    painter.cancel(painting.ticket)
    assert line.channel.of("cancel") == [{"op": "cancel", "ticket": painting.ticket}]
    say(line, painting, "finished", state="cancelled", error=None, views_done=1, view_count=2)

    assert (painting.state, painting.can_go_on, painting.fault) == ("cancelled", True, None)
    painter.cancel(painting.ticket)
    assert len(line.channel.of("cancel")) == 1


def test_uvs_that_hold_no_paint_are_known_by_their_code_and_new_ones_come_by_name(line, painter):
    painting = painter.paint(order(), "moss")
    say(line, painting, "rejected", error={"code": "UVS_UNFIT", "message": "'tri': it has no UVs", "fields": []})
    found = []
    painter.unwrap([TRIANGLE, TRIANGLE._replace(name="other")], 256, lambda *told: found.append(told))
    header = line.channel.of("unwrap")[0]
    uvs = struct.pack("<12f", *range(12))
    rows = [{"name": "tri", "triangle_count": 1}, {"name": "other", "triangle_count": 1}]
    line.channel.say("unwrapped", uvs, ticket=header["ticket"], meshes=rows)
    line.session.drain()

    assert painting.wants_uvs
    assert found == [({"tri": uvs[:24], "other": uvs[24:]}, None)]


def test_a_bridge_that_dies_leaves_a_painting_that_can_go_on(line, painter):
    painting = begun(line, painter)
    say(line, painting, "event", kind="view", views_done=1, view_count=2, coverage=0.5)
    asked = []
    painter.unwrap([TRIANGLE], 256, lambda *told: asked.append(told[1].code))
    line.channel.die()
    line.session.drain()
    line.clock.now_s += 10
    line.session.drain()

    assert len(line.channels) == 2
    assert (painting.state, painting.fault.code, painting.can_go_on) == ("failed", "BRIDGE_LOST", True)
    assert asked == ["BRIDGE_LOST"]
    assert painter.open() == []


def test_without_a_bridge_nothing_is_sent_and_the_reason_is_told():
    line = Line(command=None)
    with pytest.raises(Refusal, match="Not installed"):
        MeshPainter(line.session, lambda painting: None).paint(order(), "moss")


def test_a_frame_of_another_ticket_is_not_ours_and_a_late_one_changes_nothing(line, painter):
    painting = begun(line, painter)
    say(line, painting, "finished", state="succeeded", error=None, views_done=2)
    say(line, painting, "event", kind="view", views_done=1, view_count=2, coverage=0.1)

    assert painting.coverage == 0.0
    painter.forget(painting.ticket)
    from host_adapters.core.frames import Frame

    assert not painter.take(Frame({"op": "event", "ticket": painting.ticket}))
