import errno
import hashlib
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from filelock import FileLock
from huggingface_hub import constants

from sfumato.engine import hub
from sfumato.engine.families.stable_diffusion import StableDiffusion
from sfumato.engine.hub_files import wanted
from sfumato.engine.model_store import ModelStore
from sfumato.errors import DataLoss, NotFound, NotPermitted, SfumatoError, StorageFull, WeightsRefused
from tests.engine.hub_server import REVISION
from tests.engine.hub_server import hub as serve

UNET = "unet/diffusion_pytorch_model.safetensors"
PUBLISHED = [
    "model_index.json",
    "v1-5-pruned.safetensors",
    "v1-5-pruned.ckpt",
    "safety_checker/model.safetensors",
    "scheduler/scheduler_config.json",
    "text_encoder/config.json",
    "text_encoder/model.safetensors",
    "text_encoder/pytorch_model.bin",
    "tokenizer/merges.txt",
    "tokenizer/vocab.json",
    "unet/config.json",
    "unet/diffusion_pytorch_model.bin",
    "unet/diffusion_pytorch_model.fp16.safetensors",
    "unet/diffusion_pytorch_model.non_ema.safetensors",
    "unet/diffusion_pytorch_model.safetensors",
    "vae/config.json",
    "vae/diffusion_pytorch_model.fp16.safetensors",
    "run_me.py",
]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def repository(tiny_sd, tmp_path):
    folder = shutil.copytree(tiny_sd, tmp_path / "published")
    (folder / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"\x80\x02never")
    (folder / "setup.py").write_text("raise SystemExit")
    return folder


@pytest.fixture
def served(repository):
    with serve({"acme/Tiny": repository}) as (address, downloads):
        yield address, downloads


@pytest.mark.parametrize("name", ["acme/tiny", "acme/tiny-1.5@main", "a/b@0123abc"])
def test_names(name):
    assert hub.is_name(name)


@pytest.mark.parametrize("name", ["tiny", "/acme/tiny", "../tiny", "a/b/c", "a/b@", "acme/tiny@ x", ""])
def test_what_is_no_name(name):
    assert not hub.is_name(name)


def test_each_part_is_taken_once_and_nothing_that_runs():
    dropped = {
        "v1-5-pruned.safetensors",
        "v1-5-pruned.ckpt",
        "safety_checker/model.safetensors",
        "text_encoder/pytorch_model.bin",
        "unet/diffusion_pytorch_model.bin",
        "unet/diffusion_pytorch_model.fp16.safetensors",
        "unet/diffusion_pytorch_model.non_ema.safetensors",
        "run_me.py",
    }
    assert set(wanted(PUBLISHED)) == set(PUBLISHED) - dropped


def test_shards_and_single_models_are_taken():
    shards = ["unet/model-00001-of-00002.safetensors", "unet/model-00002-of-00002.safetensors"]
    assert list(wanted(shards)) == shards
    assert list(wanted(["model.safetensors", "README.md"])) == ["model.safetensors"]


def test_a_model_is_fetched_at_a_revision(served):
    address, downloads = served
    snapshot = hub.fetch("acme/Tiny", address)
    assert snapshot.revision == REVISION
    assert (snapshot.path / "unet" / "diffusion_pytorch_model.safetensors").exists()
    assert not any(file.endswith((".bin", ".py")) for file in downloads)


def test_progress_rises_to_the_whole(served):
    told = []
    hub.fetch("acme/Tiny", served[0], lambda done, total: told.append((done, total)))

    dones, totals = zip(*told, strict=True)
    assert list(dones) == sorted(dones)
    assert set(totals) == {dones[-1]}
    assert len(set(dones)) > len(PARTS)


PARTS = ["text_encoder/model.safetensors", UNET, "vae/diffusion_pytorch_model.safetensors"]


def test_a_download_that_was_ended_goes_on_where_it_stopped(served, repository, monkeypatch):
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 4096)
    address, downloads = served

    def end_in_the_unet(done, total):
        if downloads[-1:] == [UNET] and done > sum(begun):
            raise InterruptedError
        begun[:] = [done + 40_000] if downloads[-1:] != [UNET] else begun

    begun = [0]
    with pytest.raises(SfumatoError):
        hub.fetch("acme/Tiny", address, end_in_the_unet)
    first = list(downloads)
    downloads.clear()
    snapshot = hub.fetch("acme/Tiny", address)

    assert re.fullmatch(rf"{UNET}@\d{{5}}", downloads[0])
    assert not set(first) & set(downloads)
    assert (snapshot.path / UNET).read_bytes() == (repository / UNET).read_bytes()


def test_what_is_here_already_counts_from_the_start(served):
    hub.fetch("acme/Tiny", served[0])
    served[1].clear()
    told = []
    hub.fetch("acme/Tiny", served[0], lambda *so_far: told.append(so_far))

    assert [done == total for done, total in told] == [True]
    assert served[1] == []


def test_a_lost_connection_is_taken_up_again(repository, monkeypatch):
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 4096)
    losses = [UNET]

    def once(file):
        return not (file in losses and losses.remove(file) is None)

    with serve({"acme/Tiny": repository}, halfway=once) as (address, downloads):
        snapshot = hub.fetch("acme/Tiny", address)

    assert any(re.fullmatch(rf"{UNET}@\d{{5,}}", file) for file in downloads)
    assert (snapshot.path / UNET).read_bytes() == (repository / UNET).read_bytes()


def test_what_arrived_damaged_is_not_kept(served, tmp_path):
    blobs = tmp_path / "cache" / "models--acme--Tiny" / "blobs"

    def spoil(done, total):
        for part in blobs.glob("*.incomplete"):
            if len(part.name.partition(".")[0]) == 64 and part.stat().st_size:
                with part.open("r+b") as stream:
                    stream.write(b"X")

    with pytest.raises(DataLoss, match="arrived damaged; add the model again"):
        hub.fetch("acme/Tiny", served[0], spoil)
    assert (hub.fetch("acme/Tiny", served[0]).path / UNET).exists()


def test_an_unknown_name_is_not_found(served):
    with pytest.raises(NotFound, match="acme/other is not on the hub; check the name"):
        hub.fetch("acme/other", served[0])


def test_an_unknown_revision_is_named(served):
    with pytest.raises(NotFound, match="acme/Tiny is on the hub, but has no revision 'v9'"):
        hub.fetch("acme/Tiny@v9", served[0])


def test_a_gated_model_says_where_to_ask(repository):
    with (
        serve({"acme/Tiny": repository}, gated=["acme/Tiny"]) as (address, _),
        pytest.raises(NotPermitted, match=r"agree to its terms at https://huggingface.co/acme/Tiny"),
    ):
        hub.fetch("acme/Tiny", address)


def test_a_part_that_is_only_a_pickle_is_refused_before_anything_is_downloaded(served, repository):
    (repository / "vae" / "diffusion_pytorch_model.safetensors").rename(
        repository / "vae" / "diffusion_pytorch_model.bin"
    )
    with pytest.raises(WeightsRefused, match=r"vae/diffusion_pytorch_model\.bin only as a pickle"):
        hub.fetch("acme/Tiny", served[0])
    assert served[1] == []


def test_pickles_of_parts_that_nobody_loads_do_not_matter(served, repository):
    (repository / "safety_checker").mkdir()
    (repository / "safety_checker" / "pytorch_model.bin").write_bytes(b"never")
    (repository / "v1-5-pruned.ckpt").write_bytes(b"never")
    assert hub.fetch("acme/Tiny", served[0]).path.is_dir()


def test_a_repository_without_weights_is_refused(tmp_path):
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "README.md").write_text("words")
    with (
        serve({"acme/words": tmp_path / "words"}) as (address, _),
        pytest.raises(WeightsRefused, match="no weights in safetensors"),
    ):
        hub.fetch("acme/words", address)


def test_a_repository_of_one_file_is_that_file(tmp_path):
    folder = tmp_path / "single"
    folder.mkdir()
    (folder / "paint.safetensors").write_bytes(b"weights")
    (folder / "README.md").write_text("words")
    with serve({"acme/single": folder}) as (address, downloads):
        assert hub.fetch("acme/single", address).path.read_bytes() == b"weights"
        assert downloads == ["paint.safetensors"]
        (folder / "paint-inpainting.safetensors").write_bytes(b"weights")
        with pytest.raises(WeightsRefused, match=r"several models: paint-inpainting\.safetensors, paint\.saf"):
            hub.fetch("acme/single", address)


def test_a_disk_without_room_is_told_before_the_download(served, monkeypatch):
    monkeypatch.setattr(hub.shutil, "disk_usage", lambda path: SimpleNamespace(free=1000))
    with pytest.raises(StorageFull, match=r"takes \d+ MB more, and .*cache has 0 MB free; make room there"):
        hub.fetch("acme/Tiny", served[0])
    assert served[1] == []


def test_a_disk_that_fills_up_says_how_it_goes_on(served):
    def fill_up(done, total):
        if done:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StorageFull, match="make room, then add it again: it goes on from where it stopped"):
        hub.fetch("acme/Tiny", served[0], fill_up)


def test_two_do_not_write_one_file(served, repository, tmp_path):
    name = hashlib.sha256((repository / UNET).read_bytes()).hexdigest()
    blobs = tmp_path / "cache" / "models--acme--Tiny" / "blobs"
    blobs.mkdir(parents=True)
    with FileLock(blobs / f"{name}.sfumato.lock"), pytest.raises(SfumatoError, match="another process is downloading"):
        hub.fetch("acme/Tiny", served[0])


def test_a_hub_that_is_away_is_not_found():
    with pytest.raises(NotFound, match=r"the hub does not answer: .*check the network, or give a folder"):
        hub.fetch("acme/tiny", "http://127.0.0.1:9")


def test_a_store_adds_from_the_hub_and_needs_it_no_more(served, tmp_path):
    address, downloads = served

    def store():
        settings = {"families": [StableDiffusion], "built_in": {}, "device": "cpu", "dtype": "float32"}
        return ModelStore(tmp_path, **settings, hub_endpoint=address)

    card = store().add(Path("acme/Tiny"))
    assert (card.id, card.title, card.source) == ("tiny", "acme/Tiny", "acme/Tiny")
    assert REVISION in (tmp_path / "models.json").read_text()
    downloads.clear()
    assert store().load("tiny").card == card
    assert downloads == []
