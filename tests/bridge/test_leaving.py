"""Adapters that are killed: jobs that were to end with them are cancelled, the others go on."""

import os
import signal
import subprocess
import sys

import pytest

import sfumato
from sfumato.frames import encode, read
from tests.bridge.spoken import COMMAND, PATIENCE_S, Bridge
from tests.bridge.test_with_daemon import LARGER, recipe, running

HELLO = {"op": "hello", "protocol": 1, "host": "test", "host_version": "1", "adapter_version": "1"}
#: An adapter: it passes on the frames that it is given, prints the id of its bridge, and lives until it is killed.
ADAPTER = """
import subprocess, sys, time
bridge = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=sys.stdout)
bridge.stdin.write(bytes.fromhex(sys.argv[1]))
bridge.stdin.flush()
time.sleep(600)
"""


def job_of(ticket, **more):
    return {"op": "submit", "ticket": ticket, "recipe": recipe(steps=900), "region": LARGER, **more}


class Adapter:
    """The process of ADAPTER over a home's daemon, and what its bridge says, also after it was killed."""

    def __init__(self, home, *headers):
        said = b"".join(encode(header) for header in (HELLO, *headers))
        command = [sys.executable, "-c", ADAPTER, said.hex(), *COMMAND]
        self.process = subprocess.Popen(command, env=os.environ | home.environment, stdout=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(PATIENCE_S)
        self.process.stdout.close()

    def until(self, wanted):
        """The next header for which `wanted` is true; None when the bridge has ended."""
        while (frame := read(self.process.stdout)) is not None:
            if wanted(frame[0]):
                return frame[0]
        return None


@pytest.fixture
def studio(home, monkeypatch):
    for name, value in home.environment.items():
        monkeypatch.setenv(name, value)
    with sfumato.connect() as studio:
        yield studio
        for job in studio.jobs():
            studio.job(job.id).cancel()


def test_a_killed_adapter_s_bound_job_is_cancelled_and_its_other_goes_on(home, studio):
    headers = job_of("bound", ends_with_adapter=True), job_of("free", ends_with_adapter=False)
    with Adapter(home, *headers) as adapter:
        jobs = {}
        for _ in headers:
            accepted = adapter.until(lambda header: header["op"] == "accepted")
            jobs[accepted["ticket"]] = accepted["job"]
        adapter.until(lambda header: running(header) and header["ticket"] == "bound")
        adapter.process.kill()
        assert adapter.until(lambda header: False) is None

    assert list(studio.job(jobs["bound"]).watch())[-1].state == "cancelled"
    assert studio.job(jobs["free"]).info().state in ("queued", "running")


def test_a_bridge_that_is_asked_to_end_cancels_what_was_followed_to_end_with_it(home, studio):
    job = studio.submit("moss", size=(128, 128), steps=900)
    with Bridge(home.environment) as bridge:
        bridge.send(op="follow", ticket="a", job=job.id, after_event=0, ends_with_adapter=True)
        bridge.until("accepted", ticket="a")
        bridge.process.send_signal(signal.SIGTERM)
        assert bridge.end() == 0

    assert list(job.watch())[-1].state == "cancelled"


def test_what_was_not_accepted_yet_is_never_queued(home, studio):
    before = {job.id for job in studio.jobs()}
    with Adapter(home, job_of("bound", ends_with_adapter=True)) as adapter:
        adapter.until(lambda header: header["op"] == "welcome")
        adapter.process.kill()
        assert adapter.until(lambda header: False) is None

    new = [job.state for job in studio.jobs() if job.id not in before]
    assert set(new) <= {"cancelled"}
