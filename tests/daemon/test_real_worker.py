"""The front with the real worker and the real engine behind it."""

import os
import signal
import sys

from sfumato.v1 import server_pb2
from tests.daemon.house import succeeded

WORKER = (sys.executable, "-P", "-m", "sfumato.worker")
#: So many steps that a job outlasts what is done to it on its way.
RECIPE = {"width_px": 64, "height_px": 64, "steps": 60, "seed": 5, "sampler": {"id": "sfumato.euler-ancestral"}}


def test_neither_a_drain_nor_a_killed_worker_changes_a_byte_of_the_picture(house):
    with house.start(worker_command=WORKER) as front:
        whole, _ = front.finished(front.create("red brick wall", **RECIPE).id)
        assert succeeded(whole)
        cut = front.create("red brick wall", **RECIPE)
        front.wait_for_step(cut.id, 3)
        assert front.terminate() == 0
    with house.start(worker_command=WORKER) as front:
        front.wait_for_step(cut.id, 6)
        pid = front.server.GetServerInfo(server_pb2.GetServerInfoRequest()).worker.pid
        assert pid > 1
        os.kill(pid, signal.SIGKILL)
        done, events = front.finished(cut.id)
    assert succeeded(done)
    assert done.crash_count == 1
    begun = [event.started.step_index for event in events if event.HasField("started")]
    assert begun[0] == 0
    assert min(begun[1:]) >= 3
    assert [artifact.sha256 for artifact in done.artifacts] == [artifact.sha256 for artifact in whole.artifacts]
