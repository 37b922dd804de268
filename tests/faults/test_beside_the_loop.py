"""Post-processors that hang or print without end: their job fails or ends alone, the worker and all others go on."""

import time

import pytest

from sfumato import wire
from sfumato.v1 import jobs_pb2, server_pb2
from tests.daemon.house import succeeded
from tests.faults import distributions

SMALL = {"width_px": 64, "height_px": 64, "steps": 4, "seed": 1}
STUCK = """
def process(self, image, work):
    import time
    while True:
        time.sleep(3600)
"""
ALIVE = """
def process(self, image, work):
    import time
    for turn in range(30):
        work.progress(turn / 30)
        time.sleep(0.25)
    return image
"""
SHOUTS = """
def process(self, image, work):
    import os
    for turn in range(1500):
        work.progress(turn / 1500)  # the log may be slow to take it
        os.write(2, b"again and again\\n" * 2**16)
    return image
"""


@pytest.fixture(scope="module")
def front(start, folder):
    for name, body in (("stuck", STUCK), ("alive", ALIVE), ("shouts", SHOUTS)):
        distributions.contribution(folder, name, "PostProcessor", body)
    with start() as front:
        yield front


def worker_of(front):
    return front.server.GetServerInfo(server_pb2.GetServerInfoRequest()).worker


def finished_with(front, name):
    return front.create("a", post_processors=[{"id": f"{name}.it"}], **SMALL)


def test_one_that_hangs_fails_its_job_alone(front):
    stuck = finished_with(front, "stuck")
    neighbour, _ = front.finished(front.create("a", **SMALL).id)
    pid = worker_of(front).pid
    failed, _ = front.finished(stuck.id)
    error = wire.error_of(failed.error)

    assert succeeded(neighbour)
    assert failed.state == jobs_pb2.JOB_STATE_FAILED
    assert error.metadata == {"plugin": "stuck", "version": "1.2", "contribution": "stuck.it", "hook": "process"}
    assert "hung: it showed no sign of life for" in error.message
    assert (worker_of(front).pid, worker_of(front).crash_count) == (pid, 0)


def test_one_that_works_for_long_and_says_so_does_not_hang(front):
    assert succeeded(front.finished(finished_with(front, "alive").id)[0])


def test_one_that_ignores_a_cancel_does_not_hold_the_job(front):
    job = finished_with(front, "stuck")
    next(event for event in front.watch(job.id) if event.HasField("stage") and event.stage.stage == "finish")
    front.cancel(job.id)

    assert front.finished(job.id)[0].state == jobs_pb2.JOB_STATE_CANCELLED
    assert succeeded(front.finished(front.create("a", **SMALL).id)[0])


def test_a_worker_in_which_threads_pile_up_is_replaced_when_nothing_runs(front):
    pid = worker_of(front).pid
    for job in [finished_with(front, "stuck") for _ in range(4)]:
        front.finished(job.id)
    deadline = time.monotonic() + 120
    while (worker := worker_of(front)).pid == pid:
        assert time.monotonic() < deadline
        time.sleep(0.05)

    assert worker.crash_count == 0
    assert succeeded(front.finished(front.create("a", **SMALL).id)[0])


def test_one_that_prints_gigabytes_fills_no_disk(front, house):
    job, _ = front.finished(finished_with(front, "shouts").id)
    assert succeeded(job), job.error.message
    log = house.data / "logs"

    def said() -> str:
        return "".join(path.read_text(errors="replace") for path in log.glob("worker.log*"))

    until = time.monotonic() + 120  # the line about what was left out comes with the next that is printed
    while "bytes more were printed than are kept" not in said() and time.monotonic() < until:
        assert succeeded(front.finished(finished_with(front, "shouts").id)[0])
    assert "bytes more were printed than are kept" in said()
    assert sum(path.stat().st_size for path in log.glob("worker.log*")) < 16 * 2**20
