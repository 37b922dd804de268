"""A front in a process of its own, and stubs that talk to it."""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import grpc
from google.rpc import error_details_pb2, status_pb2

from sfumato import wire
from sfumato.v1 import (
    assets_pb2_grpc,
    catalog_pb2_grpc,
    downloads_pb2_grpc,
    jobs_pb2,
    jobs_pb2_grpc,
    live_pb2_grpc,
    recipes_pb2,
    server_pb2_grpc,
)

FAKE_WORKER = (sys.executable, str(Path(__file__).with_name("fake_worker.py")))
#: For what has to happen, on a machine that is busy with something else.
PATIENCE_S = 300.0
#: The many processes of these tests share their compiled modules.
_ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
_ENVIRONMENT["PYTHONPYCACHEPREFIX"] = str(Path(tempfile.gettempdir()) / "sfumato-test-bytecode")


_SERVE = """
import asyncio, json, sys
from pathlib import Path
from sfumato.daemon.config import Config
from sfumato.daemon.server import serve
given = json.loads(sys.argv[1])
places = {name: Path(given.pop(name)) for name in ("data_dir", "runtime_dir")}
asyncio.run(serve(Config(**places, **given)))
"""


@dataclass(frozen=True, slots=True)
class House:
    """A data and a runtime directory in which fronts come and go."""

    root: Path

    @property
    def data(self):
        return self.root / "data"

    @property
    def runtime(self):
        return self.root / "run"

    @property
    def diary(self):
        """What all fake workers have noted so far."""
        path = self.root / "diary"
        text = path.read_text() if path.exists() else ""
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]  # the last may be half-written

    def let_go(self, name):
        """Let jobs go on that hold until this."""
        (self.root / f"diary.{name}").touch()

    def command(self, *options):
        worker = " ".join(FAKE_WORKER)
        place = ("--data-dir", str(self.data), "--runtime-dir", str(self.runtime))
        return (sys.executable, "-m", "sfumato.daemon", *place, "--worker-command", worker, *options)

    def configured(self, **config):
        """The command of a front with a configuration that has no options."""
        place = {"data_dir": str(self.data), "runtime_dir": str(self.runtime), "worker_command": FAKE_WORKER}
        return (sys.executable, "-c", _SERVE, json.dumps(place | config))

    def start_anyway(self, *options, **config):
        """A front that may not come up, as a process."""
        return subprocess.Popen(
            self.configured(**config) if config else self.command(*options),
            env=_ENVIRONMENT | {"FAKE_WORKER_DIARY": str(self.root / "diary")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def start(self, *options, announced_in=None, **config):
        """Start a front and wait until it has announced itself."""
        process = self.start_anyway(*options, **config)
        deadline = time.monotonic() + PATIENCE_S
        while (announced := self.announced(announced_in)) is None or announced["pid"] != process.pid:
            assert process.poll() is None, process.stdout.read()
            assert time.monotonic() < deadline
            time.sleep(0.002)
        return Front(process, announced)

    def announced(self, folder=None):
        """What daemon.json says, if it is there."""
        try:
            return json.loads(((folder or self.runtime) / "daemon.json").read_bytes())
        except FileNotFoundError:
            return None


class Front:
    """A running front and a channel to it."""

    def __init__(self, process, announced):
        self.process = process
        self.announced = announced
        self.channel = grpc.insecure_channel(announced["address"])
        with_token = grpc.intercept_channel(self.channel, _Token(announced["token"]))
        self.jobs = jobs_pb2_grpc.JobServiceStub(with_token)
        self.assets = assets_pb2_grpc.AssetServiceStub(with_token)
        self.catalog = catalog_pb2_grpc.CatalogServiceStub(with_token)
        self.downloads = downloads_pb2_grpc.DownloadServiceStub(with_token)
        self.live = live_pb2_grpc.LiveServiceStub(with_token)
        self.server = server_pb2_grpc.ServerServiceStub(with_token)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.channel.close()
        if self.process.poll() is None:
            self.kill()
        self.process.stdout.close()

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def terminate(self):
        """SIGTERM, and the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)

    def create(self, prompt, *, request_id=None, priority=0, validate_only=False, **recipe):
        """The accepted job."""
        request = jobs_pb2.CreateJobRequest(
            request_id=request_id or str(uuid.uuid4()),
            recipe=wire.request_to_message({"prompt": prompt, **recipe}),
            priority=priority,
            validate_only=validate_only,
        )
        return self.jobs.CreateJob(request).job

    def get(self, job_id):
        return self.jobs.GetJob(jobs_pb2.GetJobRequest(id=job_id)).job

    def watch(self, job_id, after=0, previews=False):
        return self.jobs.WatchJob(jobs_pb2.WatchJobRequest(id=job_id, after_event=after, previews=previews))

    def cancel(self, job_id):
        return self.jobs.CancelJob(jobs_pb2.CancelJobRequest(id=job_id)).job

    def finished(self, job_id):
        """The job when it has ended, with all its events."""
        events = list(self.watch(job_id))
        assert events[-1].HasField("finished")
        return self.get(job_id), events

    def wait_for(self, job_id, kind):
        """The first event of a kind, which has to come before the job's end."""
        return self._first(job_id, lambda event: event.WhichOneof("kind") == kind)

    def wait_for_step(self, job_id, step_index):
        """The first step that is this one or behind it: a slow watcher is not told of each."""
        return self._first(job_id, lambda event: event.HasField("step") and event.step.step_index >= step_index)

    def _first(self, job_id, fits):
        stream = self.watch(job_id)
        found = next(filter(fits, stream), None)
        stream.cancel()
        assert found, f"job {job_id} has ended before that"
        return found


class _Token(
    grpc.UnaryUnaryClientInterceptor,
    grpc.UnaryStreamClientInterceptor,
    grpc.StreamUnaryClientInterceptor,
    grpc.StreamStreamClientInterceptor,
):
    def __init__(self, token):
        self.metadata = (("authorization", f"Bearer {token}"),)

    def intercept_unary_unary(self, continuation, details, request):
        return continuation(self.told(details), request)

    intercept_unary_stream = intercept_stream_unary = intercept_stream_stream = intercept_unary_unary

    def told(self, details):
        return _Details(details.method, details.timeout or PATIENCE_S, self.metadata, None, True, None)


@dataclass(frozen=True)
class _Details(grpc.ClientCallDetails):
    method: str
    timeout: float
    metadata: tuple
    credentials: object
    wait_for_ready: bool
    compression: object


@contextlib.contextmanager
def refusal():
    """The SfumatoError that a call in the block ends with, as `refusal.error`, and its code."""
    caught = Refusal()
    try:
        yield caught
    except grpc.RpcError as error:
        caught.take(error)
    else:
        raise AssertionError("the call was not refused")


class Refusal:
    """What a refused call said."""

    code = None
    error = None
    retry_s = None

    def take(self, error):
        self.code, self.error = error.code(), wire.error_from_rpc(error)
        status = status_pb2.Status.FromString(dict(error.trailing_metadata()).get(wire.DETAILS_KEY, b""))
        retry = error_details_pb2.RetryInfo()
        if any(detail.Unpack(retry) for detail in status.details):
            self.retry_s = retry.retry_delay.seconds

    @property
    def fields(self):
        return [violation.field for violation in self.error.violations]


def free_port():
    """A TCP port that nobody listens on, out of those that the system gives to nobody by itself."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def until(condition):
    """Wait until something is so, which has to happen."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def kinds(events):
    return [event.WhichOneof("kind") for event in events]


def succeeded(job):
    return job.state == jobs_pb2.JOB_STATE_SUCCEEDED


def selection(name, **params):
    return wire.selection_to_message(recipes_pb2.Selection(id=name, params=params))
