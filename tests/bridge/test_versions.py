"""Daemons that are too old, or of which nothing is known: a server that answers as they would."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc
import pytest

from sfumato.v1 import server_pb2, server_pb2_grpc
from tests.bridge.spoken import Bridge


class OldDaemon(server_pb2_grpc.ServerServiceServicer):
    def GetServerInfo(self, request, context):  # noqa: N802  # named by the protos
        return server_pb2.GetServerInfoResponse(version="0.0.1", capabilities=["sfumato.jobs/1", "sfumato.dreams/7"])


@contextmanager
def served(service):
    server = grpc.server(ThreadPoolExecutor(2))
    if service:
        server_pb2_grpc.add_ServerServiceServicer_to_server(service, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield {"SFUMATO_ADDRESS": f"127.0.0.1:{port}", "SFUMATO_TOKEN": "any"}
    finally:
        server.stop(None).wait()


@pytest.mark.parametrize("service", [OldDaemon(), None], ids=["lacks", "unknown"])
def test_a_daemon_that_lacks_something_is_incompatible_with_what_to_do(service):
    with served(service) as environment, Bridge(environment) as bridge:
        state, _ = bridge.until("state", state="incompatible")
        bridge.send(op="submit", ticket="a", recipe={"prompt": "moss"})
        error = bridge.until("rejected", ticket="a")[0]["error"]

    assert "sfumato stop" in state["message"]
    assert error["code"] == "INCOMPATIBLE"
    if service:
        assert "0.0.1" in state["message"]
        assert "sfumato.assets/1" in state["message"]
    assert "Traceback" not in bridge.errors
