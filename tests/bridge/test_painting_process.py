"""The process that paints ends with its order, whatever it was saying, and its painting with one end."""

import asyncio
import textwrap

import pytest

from sfumato.bridge import painting, painting_process
from sfumato.bridge.painting import PaintingWork
from sfumato.bridge.painting_process import PaintingProcess
from tests.bridge.lost import Link
from tests.bridge.paintings import ring
from tests.values.cards import CATALOGUE

PATIENCE_S = 300
SAYS_MUCH = "import sys; sys.stdout.buffer.write(bytes(2**23)); sys.stdout.flush()"
#: Hears its order, then says these frames and hears an answer after each.
SAYS = """
    import sys
    from sfumato.frames import encode, read
    read(sys.stdin.buffer)
    for header in {frames!r}:
        sys.stdout.buffer.write(encode(header, b""))
        sys.stdout.flush()
        read(sys.stdin.buffer)
"""
DRAW = {"op": "draw", "number": 0, "recipe": {}, "pictures": []}


@pytest.fixture
def says(monkeypatch):
    """Has the process that paints say these frames."""

    def says(*frames):
        code = textwrap.dedent(SAYS).format(frames=frames)
        monkeypatch.setattr(painting_process, "_COMMAND", ("-c", code))

    return says


def paint(work):
    mesh = ring()
    order = {"op": "paint", "meshes": [mesh.row], "recipe": {"prompt": "moss"}}
    asyncio.run(asyncio.wait_for(work.run(order, mesh.body), PATIENCE_S))


def test_one_that_is_left_while_it_tells_of_a_large_picture_is_ended_all_the_same(monkeypatch):
    monkeypatch.setattr(painting_process, "_COMMAND", ("-c", SAYS_MUCH))

    async def leave():
        async with PaintingProcess() as process:
            while not process._process.stdout._paused:  # more has come than anybody has read
                await asyncio.sleep(0.01)
        return process._process.returncode

    assert asyncio.run(asyncio.wait_for(leave(), PATIENCE_S)) is not None


def test_a_painting_that_is_cancelled_just_as_it_ends_tells_one_end(says):
    says({"op": "painted"})
    told = []

    def tell(frame):
        told.append((frame.header["op"], frame.header["state"]))
        work.cancel()

    work = PaintingWork("a", Link(CATALOGUE), tell)
    paint(work)

    assert told == [("finished", "succeeded")]


def test_a_painting_that_is_cancelled_just_as_a_view_ends_has_no_other_drawn(says, monkeypatch):
    says(DRAW, DRAW)
    told, drawn = [], []

    class Drawn:
        """A view whose picture is there when it hears of the cancel."""

        def __init__(self, ticket, link, heard):
            drawn.append(ticket)
            self._heard = asyncio.Event()

        def cancel(self):
            self._heard.set()

        async def run(self, header, body):
            work.cancel()
            await self._heard.wait()
            return {"width_px": 0, "height_px": 0, "format": "rgba8"}, b""

    monkeypatch.setattr(painting, "ViewDrawing", Drawn)
    work = PaintingWork("a", Link(CATALOGUE), lambda frame: told.append(frame.header["state"]))
    paint(work)

    assert (drawn, told) == (["a/0"], ["cancelled"])
