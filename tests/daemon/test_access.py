"""Who may talk to the daemon: owner-only sockets and files, a token on every call, TLS for other machines."""

import contextlib
import os
import re
import socket
import stat
import time
from pathlib import Path

import grpc
import pytest
from google.protobuf import descriptor_pool, message_factory
from grpc_health.v1 import health_pb2, health_pb2_grpc

from sfumato import wire
from sfumato.v1 import assets_pb2, catalog_pb2, downloads_pb2, jobs_pb2, live_pb2, server_pb2
from tests.daemon.house import PATIENCE_S, free_port, refusal, succeeded

posix = pytest.mark.skipif(os.name == "nt", reason="UNIX permissions")
#: A certificate that "localhost" signed for itself, of no use anywhere else.
TLS = Path(__file__).with_name("tls")
FILES = (jobs_pb2, assets_pb2, catalog_pb2, downloads_pb2, live_pb2, server_pb2)


def every_rpc():
    """All RPCs of the package, out of the descriptors, so that none can be forgotten."""
    for module in FILES:
        found = descriptor_pool.Default().FindFileByName(module.DESCRIPTOR.name)
        for service in found.services_by_name.values():
            yield from service.methods


def call(channel, method, metadata):
    """Call any RPC with an empty request; its response or responses."""
    path = f"/{method.containing_service.full_name}/{method.name}"
    kind = f"{'stream' if method.client_streaming else 'unary'}_{'stream' if method.server_streaming else 'unary'}"
    request_class = message_factory.GetMessageClass(method.input_type)
    response_class = message_factory.GetMessageClass(method.output_type)
    stub = getattr(channel, kind)(path, request_class.SerializeToString, response_class.FromString)
    request = iter([request_class()]) if method.client_streaming else request_class()
    answer = stub(request, metadata=metadata, timeout=PATIENCE_S)
    return list(answer) if method.server_streaming else answer


def test_the_descriptors_hold_every_service():
    services = sorted(Path(__file__).parents[2].glob("protos/sfumato/v1/*.proto"))
    assert len(list(every_rpc())) == sum(len(re.findall(r"^  rpc ", each.read_text(), re.M)) for each in services)


@pytest.mark.parametrize("method", list(every_rpc()), ids=lambda method: method.name)
@pytest.mark.parametrize("shown", [None, "Bearer ", "Bearer " + "0" * 64, "token"])
def test_no_rpc_works_without_the_token(shared_front, method, shown):
    metadata = (("authorization", shown),) if shown else ()
    with refusal() as refused:
        call(shared_front.channel, method, metadata)
    assert refused.code == grpc.StatusCode.UNAUTHENTICATED
    assert refused.error.reason == "UNAUTHENTICATED"


def test_health_needs_no_token(shared_front):
    stub = health_pb2_grpc.HealthStub(shared_front.channel)
    assert stub.Check(health_pb2.HealthCheckRequest()).status == health_pb2.HealthCheckResponse.SERVING


def test_the_daemon_tells_what_it_can_do(shared_front):
    info = shared_front.server.GetServerInfo(server_pb2.GetServerInfoRequest())
    assert info.pid == shared_front.process.pid
    assert {"sfumato.jobs/1", "sfumato.assets/1", "sfumato.catalog/1", "sfumato.previews/1"} <= set(info.capabilities)
    limits = info.limits
    assert (limits.max_asset_bytes, limits.max_chunk_bytes, limits.max_queued_jobs) == (2**28, 2**20, 1000)
    assert min(limits.max_prompt_characters, limits.max_count, limits.max_steps) > 0


@posix
def test_what_lies_in_the_file_system_is_the_owners_alone(house):
    with house.start() as front:
        front.finished(front.create("a").id)
        assert_owners_alone(house.runtime / "daemon.json")
        assert_owners_alone(house.runtime / "daemon.sock")
        for path in house.data.rglob("*"):
            with contextlib.suppress(FileNotFoundError):  # the picture is still being put into its place
                assert_owners_alone(path)
        assert stat.S_IMODE(house.runtime.stat().st_mode) == 0o700


def assert_owners_alone(path):
    mode = stat.S_IMODE(path.stat().st_mode)
    assert not mode & 0o077, f"{path} has mode {mode:o}"


@posix
def test_a_deep_runtime_directory_still_gets_a_socket(house):
    deep = house.root / ("d" * 60) / ("e" * 60)
    with house.start("--runtime-dir", str(deep), announced_in=deep) as front:
        address = front.announced["address"]
        assert len(address) < 110
        front.server.GetServerInfo(server_pb2.GetServerInfoRequest())
        front.terminate()
        assert not Path(address.removeprefix("unix:")).parent.exists()


@posix
def test_a_folder_that_others_can_enter_is_not_used_and_not_changed(house):
    house.runtime.mkdir(mode=0o755)
    with house.start_anyway() as process:
        assert process.wait(PATIENCE_S) == 2
        assert "not yours alone" in process.stdout.read()
    assert stat.S_IMODE(house.runtime.stat().st_mode) == 0o755


@posix
def test_a_file_in_the_way_of_the_socket_is_not_removed(house):
    house.root.joinpath("precious").write_text("mine")
    with house.start_anyway("--socket", str(house.root / "precious")) as process:
        assert process.wait(PATIENCE_S) == 2
        assert "not a socket" in process.stdout.read()
    assert house.root.joinpath("precious").read_text() == "mine"


def test_a_loopback_port_serves_where_one_is_asked_for(house):
    port = free_port()
    with house.start("--port", str(port)) as front:
        assert front.announced["address"] == f"127.0.0.1:{port}"
        front.server.GetServerInfo(server_pb2.GetServerInfoRequest())


def test_a_port_that_is_taken_is_named(house):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with house.start_anyway("--port", str(port)) as process:
            assert process.wait(PATIENCE_S) == 2
            assert str(port) in process.stdout.read()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
def test_other_machines_are_not_let_in_without_tls(house, host):
    with house.start_anyway("--host", host, "--port", "0") as process:
        assert process.wait(PATIENCE_S) == 2
        assert "without TLS" in process.stdout.read()


def test_half_of_tls_is_refused(house):
    with house.start_anyway("--tls-cert", "cert.pem") as process:
        assert process.wait(PATIENCE_S) == 2
        assert "both --tls-cert and --tls-key" in process.stdout.read()


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_a_port_that_there_is_none_of_is_refused(house, port):
    with house.start_anyway("--port", port) as process:
        assert process.wait(PATIENCE_S) == 2
        assert f"there is no port {port}" in process.stdout.read()


@pytest.mark.parametrize(
    ("key", "said"), [("cert.pem", "not a certificate chain (PEM) and its key"), ("no.pem", "cannot be read")]
)
def test_a_wrong_key_is_told_as_such(house, key, said):
    with house.start_anyway("--tls-cert", str(TLS / "cert.pem"), "--tls-key", str(TLS / key)) as process:
        assert process.wait(PATIENCE_S) == 2
        assert said in process.stdout.read()


def test_with_tls_other_machines_may_work_but_not_administer(house):
    cert, key = TLS / "cert.pem", TLS / "key.pem"
    port = free_port()
    options = ("--host", "0.0.0.0", "--port", str(port), "--tls-cert", str(cert), "--tls-key", str(key))
    with house.start(*options) as front:
        assert front.announced["address"].startswith("unix:")
        log = (house.data / "logs" / "front.log").read_text(encoding="utf-8")
        assert f"listens on {front.announced['address']}, and with TLS on 0.0.0.0:{port}\n" in log
        trust = grpc.ssl_channel_credentials(cert.read_bytes())
        token = (("authorization", f"Bearer {front.announced['token']}"),)
        with grpc.secure_channel(f"localhost:{port}", trust) as channel:
            methods = {method.name: method for method in every_rpc()}
            assert call(channel, methods["GetServerInfo"], token).pid == front.process.pid
            with refusal() as refused:
                call(channel, methods["GetServerInfo"], ())
            assert refused.code == grpc.StatusCode.UNAUTHENTICATED
            for name in ("InspectModel", "AddModel", "FetchModel", "RemoveModel", "ReloadPlugins", "Shutdown"):
                with refusal() as refused:
                    call(channel, methods[name], token)
                assert refused.code == grpc.StatusCode.PERMISSION_DENIED, name


def test_an_unknown_method_is_not_implemented(shared_front):
    stub = shared_front.channel.unary_unary("/sfumato.v1.JobService/Nothing")
    with refusal() as refused:
        stub(b"", timeout=PATIENCE_S)
    assert refused.code == grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc")
def test_the_front_never_loads_torch(shared_front):
    shared_front.finished(shared_front.create("a").id)
    maps = Path(f"/proc/{shared_front.process.pid}/maps").read_text()
    assert "cygrpc" in maps
    assert "torch" not in maps


@pytest.fixture
def held(house):
    """A job that the next daemon of the house has to do from its start on, however late anybody asks."""
    with house.start() as front:
        return front.create("hold@1 until@noon", steps=20)


def test_an_idle_daemon_ends_when_it_was_told_to(house, held):
    with house.start("--idle-exit-s", "0.2") as front:
        house.let_go("noon")
        assert front.process.wait(PATIENCE_S) == 0
    assert house.announced() is None
    with house.start() as front:
        assert succeeded(front.get(held.id))


def test_a_busy_daemon_is_not_idle(house, held):
    with house.start("--idle-exit-s", "0.2") as front:
        assert wire.recipe_from_message(held.recipe).steps == 20
        time.sleep(0.4)  # nobody asks for anything
        stream = front.watch(held.id)
        assert next(stream).HasField("queued")
        house.let_go("noon")
        assert list(stream)[-1].finished.state == jobs_pb2.JOB_STATE_SUCCEEDED
