"""Bad requests: each is a clear error that names the field, and the daemon goes on serving."""

import hashlib
import io
import struct
import zlib

import grpc
import pytest
from PIL import Image

from sfumato.v1 import assets_pb2, jobs_pb2
from tests.daemon.house import PATIENCE_S, refusal, selection, succeeded

UNKNOWN = "0" * 64


def png(size, mode="RGB"):
    out = io.BytesIO()
    Image.new(mode, size, 0).save(out, "PNG")
    return out.getvalue()


def bomb(width, height):
    """A PNG of a few bytes that claims to be huge."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    parts = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def uploaded(front, data):
    sha256 = hashlib.sha256(data).hexdigest()
    asset = assets_pb2.Asset(sha256=sha256, size_bytes=len(data))
    opening = assets_pb2.UploadAssetRequest(header=assets_pb2.UploadHeader(asset=asset))
    front.assets.UploadAsset(iter([opening, assets_pb2.UploadAssetRequest(chunk=data)]))
    return sha256


@pytest.mark.parametrize(
    ("recipe", "field", "said"),
    [
        ({"width_px": 65}, "width_px", "multiple of 8"),
        ({"height_px": 100_000}, "height_px", "multiple of 8"),
        ({"width_px": -64}, "width_px", "multiple of 8"),
        ({"steps": 0}, "steps", "1 to 1000"),
        ({"count": 65}, "count", "1 to 64"),
        ({"seed": -1}, "seed", "0 to"),
        ({"model": "gruond"}, "model", "did you mean ground?"),
        ({"sampler": {"id": "sfumato.eular"}}, "sampler.id", "did you mean sfumato.euler?"),
        ({"guider": {"params": {"scael": 1.0}}}, "guider.params.scael", "did you mean scale?"),
        ({"guider": {"params": {"scale": float("nan")}}}, "guider.params.scale", "finite"),
        ({"guider": {"params": {"control": "nonsense"}}}, "guider.params.control", "sha256"),
        ({"guider": {"params": {"control": UNKNOWN}}}, "guider.params.control", "upload it first"),
        ({"tile": "z"}, "tile", "x, y or xy"),
        ({"strength": float("nan"), "init": UNKNOWN}, "init", "upload it first"),
        ({"init": "nonsense"}, "init", "sha256"),
        ({"mask": UNKNOWN}, "mask", "upload it first"),
        ({"model": "m" * 2**20}, "model", "no model"),
        ({"sampler": {"id": "s" * 2**20}}, "sampler.id", "no sampler"),
    ],
)
def test_a_wrong_field_is_named(shared_front, recipe, field, said):
    with refusal() as refused:
        shared_front.create("a", **recipe)
    assert refused.code == grpc.StatusCode.INVALID_ARGUMENT
    assert refused.error.reason == "INVALID_RECIPE"
    assert refused.fields == [field]
    assert said in refused.error.message


def test_a_prompt_of_a_megabyte_is_refused_and_the_daemon_goes_on(shared_front):
    with refusal() as refused:
        shared_front.create("m" * 2**20)
    assert refused.fields == ["prompt"]
    assert "1048576 characters" in refused.error.message
    assert succeeded(shared_front.finished(shared_front.create("a short one").id)[0])


def test_thousands_of_wrong_parameters_fit_into_one_answer(shared_front):
    params = {f"parameter-{number}-{'x' * 200}": 1.0 for number in range(2000)}
    with refusal() as refused:
        shared_front.create("a", guider={"params": params})
    assert refused.code == grpc.StatusCode.INVALID_ARGUMENT
    assert len(refused.fields) > 1


def test_the_size_of_the_initial_image_is_the_canvas(shared_front):
    init = uploaded(shared_front, png((128, 96)))
    recipe = shared_front.create("a", init=init, validate_only=True).recipe
    assert (recipe.width_px, recipe.height_px, recipe.strength) == (128, 96, 0.5)


def test_a_mask_of_another_size_is_named(shared_front):
    init, mask = uploaded(shared_front, png((128, 96))), uploaded(shared_front, png((96, 128), "L"))
    with refusal() as refused:
        shared_front.create("a", init=init, mask=mask)
    assert refused.fields == ["mask"]
    assert "got 96x128 pixels, expected the initial image's 128x96" in refused.error.message


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"GIF89a" + bytes(100), "not a PNG"),
        (png((256, 256))[:-60], "cut short"),
        (bomb(20_000, 20_000), "at most"),
        (bomb(65_535, 65_535), "at most"),
        (b"", "not a PNG"),
    ],
    ids=["no picture", "truncated", "huge", "bomb", "empty"],
)
@pytest.mark.parametrize("field", ["init", "mask"])
def test_a_picture_that_is_none_is_refused_at_the_border(shared_front, data, said, field):
    good = uploaded(shared_front, png((64, 64)))
    bad = hashlib.sha256(data).hexdigest()
    if data:
        uploaded(shared_front, data)
    else:
        opening = assets_pb2.UploadHeader(asset=assets_pb2.Asset(sha256=bad))
        shared_front.assets.UploadAsset(iter([assets_pb2.UploadAssetRequest(header=opening)]))
    with refusal() as refused:
        shared_front.create("a", **({"init": good, "mask": good} | {field: bad}))
    assert refused.fields == [field]
    assert said in refused.error.message


def test_assets_travel_to_the_worker(shared_front, shared_house):
    init, control = uploaded(shared_front, png((64, 64))), uploaded(shared_front, b"a control map")
    job = shared_front.create("a", init=init, guider={"params": {"control": control}})
    assert succeeded(shared_front.finished(job.id)[0])
    (run,) = [line for line in shared_house.diary if line["event"] == "run" and line["job"] == job.id]
    assert run["assets"] == [init, control]


def test_an_asset_that_was_deleted_fails_its_job_alone(shared_front, shared_house):
    doomed = uploaded(shared_front, png((64, 72)))
    busy = [shared_front.create("hold@0 until@never", priority=1) for _ in range(64)]
    job = shared_front.create("a", init=doomed)
    (shared_house.data / "assets" / doomed[:2] / doomed[2:]).unlink()
    for each in busy:
        shared_front.cancel(each.id)
    failed, _ = shared_front.finished(job.id)
    assert failed.state == jobs_pb2.JOB_STATE_FAILED
    assert "was deleted" in failed.error.message


def test_a_name_that_a_stale_catalogue_lacks_is_looked_up_again(house):
    with house.start() as front:
        front.finished(front.create("leave a catalogue").id)
        front.terminate()
    kept = house.data / "catalogue.json"
    kept.write_text(kept.read_text().replace("sfumato.euler", "sfumato.older"))
    with house.start() as front:
        recipe = front.create("a", sampler={"id": "sfumato.euler"}, validate_only=True).recipe
        assert recipe.sampler == selection("sfumato.euler")


def test_bytes_that_are_no_message_are_refused_and_the_daemon_goes_on(shared_front):
    stub = shared_front.channel.unary_unary("/sfumato.v1.JobService/CreateJob")
    token = (("authorization", f"Bearer {shared_front.announced['token']}"),)
    with refusal() as refused:
        stub(b"\xff" * 100, metadata=token, timeout=PATIENCE_S)
    assert "Traceback" not in refused.error.message
    assert shared_front.create("a", validate_only=True).recipe.prompt == "a"
