"""Run inside of the hosts' root, by their Python: a fake host and the real core, standard library only."""

import sys
import threading
import time
from pathlib import Path

from host_adapters.core.installation import bridge_command, python_of
from host_adapters.core.session import Session
from host_adapters.core.studio import Studio
from host_adapters.core.workspace import Workspace
from tests.host_core.fake_host import FakeHost

PATIENCE_S = 400


def main():
    woken, host = threading.Event(), FakeHost()
    picture = host.create(width_px=96, height_px=80)
    host.select(30, 20, 20, 30)
    session = Session("fake", "1", lambda: bridge_command(python_of(Path("/nowhere"))), woken.set)
    studio = Studio(host, session)
    studio.start()
    studio.attend(picture.document)
    until(studio, woken, lambda: session.catalogue.models)
    ticket = studio.submit(Workspace(mode="fill", prompt="moss", steps=2, native_size=False))
    until(studio, woken, lambda: not studio.jobs.get(ticket).open)
    job = studio.jobs.get(ticket)
    assert job.state == "succeeded", job.fault
    studio.apply(job.results[0])
    layer = picture.layers[1]
    assert layer.data[3::4].count(255) > 100
    assert layer.bounds == job.bounds
    assert all(picture.kept.values())
    studio.stop()
    print("walked with Python %d.%d" % sys.version_info[:2])  # noqa: UP031


def until(studio, woken, true):
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, (studio.session.state, studio.notice)
        woken.wait(0.1)
        woken.clear()
        studio.drain()


main()
