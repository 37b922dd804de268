"""A job under its ticket, its daemon lost just then."""

import asyncio

from sfumato.bridge.work import Work
from sfumato.client.events import Artifact, Finished, ImageReady
from sfumato.errors import DaemonUnavailable
from sfumato.images import Pixels, encode_png
from tests.bridge.lost import JOB, NOW, Link

PNG = encode_png(Pixels(width_px=2, height_px=1, data=bytes(6), mode="RGB"))
IMAGE = Artifact(image_index=0, sha256="a" * 64, size_bytes=len(PNG), seed=1, width_px=2, height_px=1)
EVENTS = (
    ImageReady(number=1, time=NOW, artifact=IMAGE),
    Finished(number=2, time=NOW, state="succeeded", error=None, engine_elapsed_s=1.0),
)


def test_a_picture_whose_daemon_is_lost_for_long_is_fetched_when_it_is_back():
    told = []
    link = Link(JOB, DaemonUnavailable("no daemon has answered for 20 s"), PNG, events=EVENTS)
    asyncio.run(Work("a", link, told.append).follow({"job": JOB.id}))

    assert [each.header["op"] for each in told] == ["accepted", "image", "finished"]
    assert told[-1].header["state"] == "succeeded"
    assert link.retries == 1
