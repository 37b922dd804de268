"""Operations driven by hand: what they ask for, and how they go on when an answer stays out."""

import asyncio
import hashlib

import pytest

from sfumato.client import operations
from sfumato.client.assets import download, upload
from sfumato.client.effects import Call, Listen, Next, Pause, Renew, Send
from sfumato.client.patience import LIMIT_S, LONGEST_PAUSE_S, Patience
from sfumato.errors import DaemonUnavailable, DataLoss, Unauthenticated
from sfumato.v1 import assets_pb2, jobs_pb2

GONE = DaemonUnavailable("gone")
DATA = bytes(range(256)) * 10
SHA256 = hashlib.sha256(DATA).hexdigest()


class Stream:
    """Stands for an open stream; knows whether it was cancelled."""

    cancelled = False

    def cancel(self):
        self.cancelled = True


def result_of(operation, outcome):
    with pytest.raises(StopIteration) as ended:
        operation.send(outcome)
    return ended.value.value


def wait_through_a_failure(operation, failure=GONE):
    """Fail what the operation asked for; it must pause and look for the daemon. Returns what it asks for next."""
    assert isinstance(operation.throw(failure), Pause)
    assert operation.send(None) == Renew()
    return operation.send(None)


def sent_bytes(send):
    header, *chunks = send.requests
    return header.header.offset_bytes, b"".join(part.chunk for part in chunks)


def test_nothing_is_uploaded_that_is_there():
    operation = upload(DATA)
    assert next(operation) == Call("assets.GetAsset", assets_pb2.GetAssetRequest(sha256=SHA256))

    assert result_of(operation, assets_pb2.GetAssetResponse(complete=True)) == SHA256


def test_a_broken_upload_goes_on_where_it_stopped():
    operation = upload(DATA, chunk_bytes=1000)
    next(operation)
    first = operation.send(assets_pb2.GetAssetResponse())
    assert sent_bytes(first) == (0, DATA)

    assert isinstance(wait_through_a_failure(operation), Call)
    second = operation.send(assets_pb2.GetAssetResponse(received_bytes=2000))

    assert isinstance(second, Send)
    assert sent_bytes(second) == (2000, DATA[2000:])
    assert result_of(operation, None) == SHA256


def test_a_broken_download_goes_on_where_it_stopped():
    operation = download(SHA256)
    next(operation)
    assert isinstance(operation.send(Stream()), Next)
    operation.send(assets_pb2.DownloadAssetResponse(chunk=DATA[:1500]))

    again = wait_through_a_failure(operation)
    assert again == Listen("assets.DownloadAsset", assets_pb2.DownloadAssetRequest(sha256=SHA256, offset_bytes=1500))
    operation.send(Stream())
    operation.send(assets_pb2.DownloadAssetResponse(chunk=DATA[1500:]))

    assert result_of(operation, None) == DATA


def test_bytes_that_are_not_what_their_name_says_are_refused():
    operation = download(SHA256)
    next(operation)
    operation.send(Stream())
    operation.send(assets_pb2.DownloadAssetResponse(chunk=b"something else"))

    with pytest.raises(DataLoss, match="14 bytes"):
        operation.send(None)


@pytest.mark.parametrize(
    "begin",
    [
        lambda: upload(DATA),
        lambda: download(SHA256),
        lambda: operations.job("job"),
        lambda: operations.watch("job", after=0, previews=True, images=False),
    ],
    ids=["upload", "download", "job", "watch"],
)
def test_a_daemon_in_the_place_of_ours_is_asked_again_when_it_has_announced_its_token(begin):
    operation = begin()
    asked = next(operation)

    assert wait_through_a_failure(operation, Unauthenticated("the token is wrong")) == asked


def test_a_broken_watch_asks_for_what_comes_after_the_event_it_saw_last():
    watch = operations.watch("job", after=0, previews=True, images=False)
    assert next(watch).request == jobs_pb2.WatchJobRequest(id="job", previews=True)
    stream = Stream()
    watch.send(stream)
    watch.send(jobs_pb2.WatchJobResponse(event=5, queued=jobs_pb2.QueuedEvent()))
    assert isinstance(watch.send(None), Next)

    again = wait_through_a_failure(watch)

    assert stream.cancelled
    assert again.request == jobs_pb2.WatchJobRequest(id="job", after_event=5, previews=True)


def test_an_event_of_an_unknown_kind_is_passed_over():
    watch = operations.watch("job", after=0, previews=False, images=False)
    next(watch)
    watch.send(Stream())

    assert isinstance(watch.send(jobs_pb2.WatchJobResponse(event=1)), Next)


def test_leaving_a_watch_closes_its_stream():
    watch = operations.watch("job", after=0, previews=False, images=False)
    next(watch)
    stream = Stream()
    watch.send(stream)
    watch.close()

    assert stream.cancelled


def test_a_request_is_sent_twice_under_the_same_id():
    submit = operations.submit("moss", {}, priority=0, max_asset_bytes=0)
    first = next(submit)
    second = wait_through_a_failure(submit)

    assert first == second
    assert first.request.request_id


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, asyncio.CancelledError])
def test_an_interrupted_submit_leaves_no_job_behind(interruption):
    submit = operations.submit("moss", {}, priority=0, max_asset_bytes=0)
    create = next(submit)

    assert submit.throw(interruption()) == create
    created = jobs_pb2.CreateJobResponse(job=jobs_pb2.Job(id="found"))
    assert submit.send(created).request == jobs_pb2.CancelJobRequest(id="found")
    with pytest.raises(interruption):
        submit.send(jobs_pb2.CancelJobResponse())


def test_patience_ends_with_what_it_waited_for():
    patience, paused_s = Patience(), []

    def wait_for_ever():
        while True:
            paused_s.extend(effect.seconds for effect in patience.wait(GONE) if isinstance(effect, Pause))

    with pytest.raises(DaemonUnavailable, match=r"no daemon has answered .*gone"):
        wait_for_ever()
    assert paused_s[:3] == [0.1, 0.2, 0.4]
    assert max(paused_s) == LONGEST_PAUSE_S
    assert LIMIT_S <= sum(paused_s) < LIMIT_S + LONGEST_PAUSE_S


def test_progress_renews_patience():
    patience = Patience()
    for _ in range(1000):
        first, *_ = patience.wait(GONE)
        patience.rest()
        assert first == Pause(0.1)
