"""Assets: uploaded, resumed, verified, handed out; whole or not at all, on full disks too."""

import contextlib
import hashlib
import io
import os
import threading

import grpc
import pytest

from sfumato import wire
from sfumato.daemon.asset_store import MAX_ASSET_BYTES, AssetStore
from sfumato.daemon.checkpoints import Checkpoints
from sfumato.daemon.durable_files import write_whole
from sfumato.daemon.upload import MAX_CHUNK_BYTES, Upload
from sfumato.errors import DataLoss, NotFound, StorageFull
from sfumato.v1 import assets_pb2, jobs_pb2
from tests.daemon.house import PATIENCE_S, kinds, refusal, succeeded, until

resource = pytest.importorskip("resource")

DATA = os.urandom(3 * 2**20 + 17)


def sha256_of(data):
    return hashlib.sha256(data).hexdigest()


def header(data, *, offset=0, sha256=None, size=None):
    asset = assets_pb2.Asset(sha256=sha256 or sha256_of(data), size_bytes=len(data) if size is None else size)
    return assets_pb2.UploadAssetRequest(header=assets_pb2.UploadHeader(asset=asset, offset_bytes=offset))


def chunks(data, size=2**18):
    stream = io.BytesIO(data)
    while chunk := stream.read(size):
        yield assets_pb2.UploadAssetRequest(chunk=chunk)


def upload(front, data, **options):
    return front.assets.UploadAsset(iter([header(data, **options), *chunks(data[options.get("offset", 0) :])]))


def state_of(front, data):
    return front.assets.GetAsset(assets_pb2.GetAssetRequest(sha256=sha256_of(data)))


def download(front, data, offset=0):
    request = assets_pb2.DownloadAssetRequest(sha256=sha256_of(data), offset_bytes=offset)
    return [part.chunk for part in front.assets.DownloadAsset(request)]


def test_what_goes_in_comes_out(shared_front):
    assert not state_of(shared_front, DATA).complete
    assert upload(shared_front, DATA).asset.size_bytes == len(DATA)
    assert state_of(shared_front, DATA) == assets_pb2.GetAssetResponse(complete=True, received_bytes=len(DATA))
    parts = download(shared_front, DATA)
    assert b"".join(parts) == DATA
    assert len(parts) > 1
    assert max(map(len, parts)) <= MAX_CHUNK_BYTES
    assert b"".join(download(shared_front, DATA, offset=2**20 + 1)) == DATA[2**20 + 1 :]
    assert b"".join(download(shared_front, DATA, offset=len(DATA))) == b""


def test_a_second_upload_of_the_same_bytes_is_answered_at_once(shared_front):
    data = os.urandom(1000)
    upload(shared_front, data)
    assert shared_front.assets.UploadAsset(iter([header(data)])).asset.sha256 == sha256_of(data)


def test_an_interrupted_upload_goes_on(shared_front):
    data = os.urandom(2**20)
    with refusal() as refused:
        shared_front.assets.UploadAsset(iter([header(data), *chunks(data[:300_000])]))
    assert refused.code == grpc.StatusCode.DATA_LOSS
    received = state_of(shared_front, data).received_bytes
    assert received == 300_000
    upload(shared_front, data, offset=received)
    assert b"".join(download(shared_front, data)) == data


def test_an_upload_survives_the_front_and_its_client(house):
    data = os.urandom(2**20)
    with house.start() as front:
        hold = threading.Event()

        def broken_off():
            yield header(data)
            yield from chunks(data[: 2**19])
            hold.wait(PATIENCE_S)

        call = front.assets.UploadAsset.future(broken_off())
        until(lambda: state_of(front, data).received_bytes == 2**19)
        front.kill()
        hold.set()
        call.cancel()
    with house.start() as front:
        assert state_of(front, data).received_bytes == 2**19
        upload(front, data, offset=2**19)
        assert b"".join(download(front, data)) == data


def test_bytes_that_are_not_what_was_announced_are_thrown_away(shared_front):
    data, wrong = os.urandom(5000), os.urandom(5000)
    with refusal() as refused:
        shared_front.assets.UploadAsset(iter([header(data), *chunks(wrong)]))
    assert refused.error.reason == "DATA_LOSS"
    assert state_of(shared_front, data) == assets_pb2.GetAssetResponse()


def test_more_bytes_than_announced_are_refused(shared_front):
    data = os.urandom(5000)
    with refusal() as refused:
        shared_front.assets.UploadAsset(iter([header(data, size=4000), *chunks(data)]))
    assert refused.error.reason == "DATA_LOSS"
    assert not state_of(shared_front, data).received_bytes


@pytest.mark.parametrize(
    ("messages", "field"),
    [
        ([], "header"),
        (list(chunks(b"no header")), "header"),
        ([header(b"a", sha256="../../etc/passwd")], "header.asset.sha256"),
        ([header(b"a", sha256="A" * 64)], "header.asset.sha256"),
        ([header(b"a", size=MAX_ASSET_BYTES + 1)], "header.asset.size_bytes"),
        ([header(b"a", size=-1)], "header.asset.size_bytes"),
        ([header(b"a", offset=1)], "header.offset_bytes"),
        ([header(b"a"), header(b"a")], "chunk"),
        ([header(bytes(2 * MAX_CHUNK_BYTES)), *chunks(bytes(2 * MAX_CHUNK_BYTES), MAX_CHUNK_BYTES + 1)], "chunk"),
    ],
)
def test_a_wrong_upload_names_the_field(shared_front, messages, field):
    with refusal() as refused:
        shared_front.assets.UploadAsset(iter(messages))
    assert refused.code == grpc.StatusCode.INVALID_ARGUMENT
    assert refused.fields == [field]


def test_unknown_assets_and_wrong_names(shared_front):
    with refusal() as refused:
        download(shared_front, b"never uploaded")
    assert refused.code == grpc.StatusCode.NOT_FOUND
    for sha256 in ("", "..", "/etc/passwd", "0" * 63, "0" * 64 + "\0"):
        with refusal() as refused:
            shared_front.assets.GetAsset(assets_pb2.GetAssetRequest(sha256=sha256))
        assert refused.fields == ["sha256"]
    with refusal() as refused:
        download(shared_front, b"a", offset=-1)
    assert refused.fields == ["offset_bytes"]


def test_equal_uploads_at_the_same_time_both_succeed(shared_front):
    data = os.urandom(2**21)
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(upload(shared_front, data))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.asset.sha256 for answer in answers] == [sha256_of(data)] * 4
    assert b"".join(download(shared_front, data)) == data


@contextlib.contextmanager
def small_disk():
    """Every file that is written past 256 KiB finds the disk full: the test's report as well, so not for longer."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**18, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_no_half_files(tmp_path):
    store, checkpoints = AssetStore(tmp_path / "assets"), Checkpoints(tmp_path / "checkpoints")
    data = os.urandom(2**19)
    arriving = Upload(store, header(data).header)
    checkpoints.write("job", b"older")
    with small_disk():
        with pytest.raises(StorageFull, match="no room on the disk"):
            store.add(data)
        with pytest.raises(StorageFull):
            arriving.write(data)
        with pytest.raises(StorageFull):
            checkpoints.write("job", data)
    arriving.close()
    assert checkpoints.read("job") == b"older"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["job.safetensors"]


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="needs prlimit")
def test_a_picture_that_finds_no_room_fails_its_job_and_the_daemon_goes_on(front):
    assert succeeded(front.finished(front.create("a").id)[0])
    before = resource.prlimit(front.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(front.process.pid, resource.RLIMIT_FSIZE, (2**19, before[1]))
    failed, events = front.finished(front.create("too large", width_px=512, height_px=512).id)
    assert failed.state == jobs_pb2.JOB_STATE_FAILED
    assert wire.error_of(failed.error).reason == "STORAGE_FULL"
    assert kinds(events)[-1] == "finished"
    assert succeeded(front.finished(front.create("small enough").id)[0])
    resource.prlimit(front.process.pid, resource.RLIMIT_FSIZE, before)
    assert succeeded(front.finished(front.create("room again", width_px=512, height_px=512).id)[0])


def test_an_unsettled_asset_is_readable_and_settles_in_its_place(tmp_path):
    store = AssetStore(tmp_path)
    sha256 = store.add(DATA)
    assert store.find(sha256) != store.place(sha256)
    assert store.read(sha256, offset=5, size=7) == DATA[5:12]
    store.settle(sha256)
    assert store.find(sha256) == store.place(sha256)
    assert store.add(DATA) == sha256
    store.settle(sha256)
    store.settle(sha256)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [store.place(sha256)]


class SettledMeanwhile(AssetStore):
    """Settles an asset between its being found and being used, as another thread may."""

    def find(self, sha256, field="sha256"):
        path = super().find(sha256, field)
        self.settle(sha256)
        return path


def test_an_asset_that_moves_to_its_place_meanwhile_is_there_all_the_same(tmp_path):
    read, kept = SettledMeanwhile(tmp_path / "read"), SettledMeanwhile(tmp_path / "kept")
    sha256 = read.add(DATA)
    kept.add(DATA)

    assert read.read(sha256) == DATA
    assert kept.keep(sha256) == len(DATA)


@pytest.mark.parametrize("left", [DATA, DATA[:1000], b"", None])
def test_only_whole_assets_are_recovered(tmp_path, left):
    if left is not None:
        write_whole(tmp_path / "unsettled" / sha256_of(DATA), left)
    store = AssetStore(tmp_path)
    assert store.recover(sha256_of(DATA)) == (left == DATA)
    assert bool(list(tmp_path.glob("??/*"))) == (left == DATA)
    assert not list((tmp_path / "unsettled").iterdir())


def test_old_assets_that_nobody_names_are_collected(tmp_path):
    store = AssetStore(tmp_path)
    used, unused, fresh, asked_for = (store.add(os.urandom(100)) for _ in range(4))
    for sha256 in (used, unused, asked_for):
        store.settle(sha256)
        os.utime(store.place(sha256), (0, 0))
    store.partial(unused).touch()
    os.utime(store.partial(unused), (0, 0))
    store.keep(asked_for)
    assert store.collect({used}, older_than_s=3600) == 2
    for sha256 in (used, fresh, asked_for):
        assert store.find(sha256)
    with pytest.raises(NotFound):
        store.find(unused)


def test_an_upload_hashes_what_was_there_before(tmp_path):
    store = AssetStore(tmp_path)
    first = Upload(store, header(DATA).header)
    first.write(b"x" * 10)
    first.close()
    second = Upload(store, header(DATA, offset=10).header)
    for start in range(10, len(DATA), MAX_CHUNK_BYTES):
        second.write(DATA[start : start + MAX_CHUNK_BYTES])
    with pytest.raises(DataLoss, match="was announced"):
        second.finish()
