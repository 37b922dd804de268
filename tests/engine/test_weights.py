import contextlib
import io
import json
import pickle
import tarfile
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save, save_file

from sfumato.engine.weights import HEADER_LIMIT, load_tensors, read_header
from sfumato.errors import NotFound, WeightsRefused

TENSORS = {"a.weight": torch.arange(12.0).reshape(3, 4), "b": torch.zeros(5, dtype=torch.float16)}
SOUND = save(TENSORS, {"modelspec.title": "Test"})
HEADER_END = 8 + int.from_bytes(SOUND[:8], "little")


@pytest.fixture
def sound(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(SOUND)
    return path


def _file(header: bytes, data: bytes = b"") -> bytes:
    return len(header).to_bytes(8, "little") + header + data


def _row(first: int, last: int, shape: list, dtype: str = "U8") -> dict:
    return {"dtype": dtype, "shape": shape, "data_offsets": [first, last]}


class _Canary:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_reads_names_shapes_dtypes_and_metadata(sound):
    header = read_header(sound)
    assert header.tensors["a.weight"].shape == (3, 4)
    assert header.tensors["b"].dtype == "F16"
    assert header.metadata == {"modelspec.title": "Test"}
    assert header.parameter_count() == 17
    assert header.parameter_count("a.", "c.") == 12


def test_loads_what_was_saved(sound):
    found = load_tensors(sound)
    assert found.keys() == TENSORS.keys()
    assert all(torch.equal(found[name], TENSORS[name]) for name in TENSORS)


def test_follows_a_link(sound, tmp_path):
    link = tmp_path / "link.bin"
    link.symlink_to(sound)
    assert read_header(link) == read_header(sound)


def test_a_missing_file_is_not_found(tmp_path):
    with pytest.raises(NotFound, match=r"gone\.safetensors"):
        read_header(tmp_path / "gone.safetensors")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(WeightsRefused, match="not a regular file"):
        read_header(tmp_path)


def _zip_of(canary: Path) -> bytes:
    out = io.BytesIO()
    torch.save({"weight": _Canary(canary)}, out)
    return out.getvalue()


def _tar_of(canary: Path) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        content = pickle.dumps(_Canary(canary))
        entry = tarfile.TarInfo("pickle")
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (_zip_of, "zip archive with a pickle"),
        (lambda canary: pickle.dumps(_Canary(canary), protocol=2), "a pickle"),
        (lambda canary: pickle.dumps(_Canary(canary), protocol=5), "a pickle"),
        (lambda canary: pickle.dumps(_Canary(canary), protocol=0), "something else"),
        (_tar_of, "tar archive"),
        (lambda canary: b"GGUF\3\0\0\0" + bytes(100), "GGUF"),
        (lambda canary: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
        (lambda canary: b"<!doctype html><html>", "web page"),
        (lambda canary: b"", "0 bytes of something else"),
    ],
)
def test_other_formats_are_named_and_never_run(content, named, tmp_path):
    canary = tmp_path / "canary"
    path = tmp_path / "innocent.safetensors"
    path.write_bytes(content(canary))
    for read in (read_header, load_tensors):
        with pytest.raises(WeightsRefused, match=named) as caught:
            read(path)
        assert "innocent.safetensors" in caught.value.message
    assert not canary.exists()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (SOUND[:-1], "take 58 bytes, and 57 are there"),
        (SOUND + b"x", "59 are there"),
        (SOUND[: HEADER_END - 1], "cut short"),
        (_file(b"{" + b" " * (HEADER_LIMIT + 1)), "at most"),
        (_file(b'{"a": [[[['), "not JSON"),
        (_file(b'{"a": ' + b"[" * 100_000), "not JSON"),
        (_file(json.dumps({"a": _row(0, 4, [4]), "b": _row(2, 6, [4])}).encode(), bytes(6)), "overlap at byte 2"),
        (_file(json.dumps({"a": _row(0, 4, [4]), "b": _row(6, 8, [2])}).encode(), bytes(8)), "gap or overlap"),
        (_file(json.dumps({"a": _row(0, 4, [2**62, 4])}).encode(), bytes(4)), "tensor 'a'"),
        (_file(json.dumps({"a": _row(0, 4, [-2, -2])}).encode(), bytes(4)), "tensor 'a'"),
        (_file(json.dumps({"a": _row(0, 4, [4], "PICKLE")}).encode(), bytes(4)), "tensor 'a'"),
        (_file(json.dumps({"a": _row(0, 2**70, [2**70])}).encode()), "tensor 'a'"),
        (_file(b'{"__metadata__": 3}'), "metadata"),
        (_file(b'{"a": 1, "a": 2}'), "twice"),
    ],
)
def test_damage_is_named(content, named, tmp_path):
    path = tmp_path / "damaged.safetensors"
    path.write_bytes(content)
    with pytest.raises(WeightsRefused, match=named):
        read_header(path)


@settings(max_examples=200, deadline=None)
@given(length=st.integers(0, len(SOUND) - 1))
def test_every_truncation_is_refused(length, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "cut.safetensors"
    path.write_bytes(SOUND[:length])
    with pytest.raises(WeightsRefused):
        load_tensors(path)


@settings(max_examples=400, deadline=None)
@given(flips=st.lists(st.integers(0, HEADER_END * 8 - 1), min_size=1, max_size=4, unique=True))
def test_a_flipped_header_is_refused_or_still_sound(flips, tmp_path_factory):
    content = bytearray(SOUND)
    for bit in flips:
        content[bit // 8] ^= 1 << bit % 8
    path = tmp_path_factory.getbasetemp() / "flipped.safetensors"
    path.write_bytes(content)
    with contextlib.suppress(WeightsRefused):
        found = load_tensors(path)
        assert sum(tensor.nbytes for tensor in found.values()) == len(SOUND) - HEADER_END


def test_tensors_are_mapped_and_not_copied(tmp_path):
    path = tmp_path / "large.safetensors"
    save_file({"a": torch.ones(2**22)}, path)
    before = path.stat().st_ino
    loaded = load_tensors(path)["a"]
    mapped = Path("/proc/self/maps")
    if not mapped.exists():
        pytest.skip("the list of mapped files is Linux's")
    address = loaded.data_ptr()
    spans = [line.split() for line in mapped.read_text().splitlines() if line.endswith(path.name)]
    inside = [row for row in spans if int(row[0].split("-")[0], 16) <= address < int(row[0].split("-")[1], 16)]
    assert [int(row[4]) for row in inside] == [before]
