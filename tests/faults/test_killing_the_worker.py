"""What a plugin does that ends the worker fails its own job by name, and changes no byte of its neighbour's."""

import pytest

from sfumato import wire
from sfumato.v1 import jobs_pb2, server_pb2
from tests.daemon.house import succeeded
from tests.faults import distributions

#: It has to be at work still when the worker dies under it.
NEIGHBOUR = {"width_px": 64, "height_px": 64, "steps": 100, "seed": 5, "sampler": {"id": "sfumato.euler-ancestral"}}
BROKEN = {"width_px": 64, "height_px": 64, "steps": 5, "seed": 1}

#: What a sampler does at its third step, and what the job's error says.
FAULTS = {
    "exits": ("import os\nos._exit(0)", "killed the worker: it ended with exit code 0"),
    "segfaults": ("import ctypes\nctypes.string_at(0)", "Segmentation fault"),
    "aborts": ("import os\nos.abort()", "Aborted"),
    "hangs": ("import time\ntime.sleep(3600)", "hung: it showed no sign of life for"),
    "holds": ("import re\nre.match('(a+)+$', 'a' * 60 + 'b')", "hung: it showed no sign of life for"),
    "eats": (
        "import time\nheap = [b'1' * 2**26 for _ in range(12)]\ntime.sleep(3600)",
        "MiB of memory, at most 512 MiB are its own",
    ),
}


@pytest.fixture(scope="module")
def front(start, folder):
    for name, (fault, _) in FAULTS.items():
        distributions.sampler(folder, name, fault)
    with start() as front:
        yield front


@pytest.fixture(scope="module")
def undisturbed(front):
    """The neighbour's picture when nobody disturbs it."""
    job, _ = front.finished(front.create("red brick wall", **NEIGHBOUR).id)
    return [artifact.sha256 for artifact in job.artifacts]


@pytest.mark.parametrize("name", FAULTS)
def test_the_job_fails_by_name_and_its_neighbour_does_not_notice(front, undisturbed, name):
    neighbour = front.create("red brick wall", **NEIGHBOUR)
    next(event for event in front.watch(neighbour.id) if event.HasField("step") and event.step.step_index >= 3)
    broken = front.create("moss", sampler={"id": f"{name}.sampler"}, priority=1, **BROKEN)
    failed, _ = front.finished(broken.id)
    done, events = front.finished(neighbour.id)
    error = wire.error_of(failed.error)

    assert failed.state == jobs_pb2.JOB_STATE_FAILED
    assert (error.reason, error.metadata) == (
        "PLUGIN_FAILED",
        {"plugin": name, "version": "1.2", "contribution": f"{name}.sampler", "hook": "step", "step": "2"},
    )
    assert FAULTS[name][1] in error.message
    assert f"sampler {name}.sampler of plugin {name} 1.2, step() at step 2: " in error.message
    assert succeeded(done)
    assert done.crash_count == 0
    assert [artifact.sha256 for artifact in done.artifacts] == undisturbed
    assert any(event.HasField("interrupted") and name in event.interrupted.description for event in events)


def test_the_stacks_of_what_hung_are_in_the_log(front, house):
    log = "".join(path.read_text() for path in sorted((house.data / "logs").glob("worker.log*")))

    assert "in step" in log
    assert "Fatal Python error: Aborted" in log


def test_after_all_that_the_daemon_works_on(front):
    assert succeeded(front.finished(front.create("afterwards", **BROKEN).id)[0])
    assert front.server.GetServerInfo(server_pb2.GetServerInfoRequest()).worker.state == "ready"
