"""Downloads of models as the front hands them on, beside a worker that only pretends."""

from sfumato.v1 import downloads_pb2
from tests.daemon.house import refusal, until


def fetch(front, path):
    return front.downloads.FetchModel(downloads_pb2.FetchModelRequest(path=path))


def test_progress_arrives_until_everything_is_here(front):
    reports = [(report.done_bytes, report.total_bytes) for report in fetch(front, "acme/tiny")]

    assert reports == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_what_the_hub_refuses_ends_the_stream(front):
    with refusal() as refused:
        list(fetch(front, "acme/gone"))

    assert refused.error.message == "acme/gone is not on the hub"


def test_a_caller_who_leaves_ends_the_download(front, house):
    stream = fetch(front, "acme/slow")
    next(stream)
    stream.cancel()

    until(lambda: any(line["event"] == "drop" for line in house.diary))


def test_a_worker_that_dies_ends_the_stream(front):
    stream = fetch(front, "acme/slow")
    next(stream)
    front.create("crash@1", steps=4)

    with refusal() as refused:
        list(stream)
    assert refused.error.message.startswith("the worker died: ")
