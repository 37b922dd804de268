import shutil
from pathlib import Path

import pytest
from huggingface_hub import constants

from sfumato.engine import hub
from sfumato.engine.families.stable_diffusion import StableDiffusion
from sfumato.engine.model_store import ModelStore
from sfumato.errors import NotFound
from tests.engine.hub_server import REVISION
from tests.engine.hub_server import hub as serve

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
    assert set(hub.wanted(PUBLISHED)) == set(PUBLISHED) - dropped


def test_shards_and_single_models_are_taken():
    shards = ["unet/model-00001-of-00002.safetensors", "unet/model-00002-of-00002.safetensors"]
    assert list(hub.wanted(shards)) == shards
    assert list(hub.wanted(["model.safetensors", "README.md"])) == ["model.safetensors"]


def test_a_model_is_fetched_at_a_revision(served):
    address, downloads = served
    snapshot = hub.fetch("acme/Tiny", address)
    assert snapshot.revision == REVISION
    assert (snapshot.path / "unet" / "diffusion_pytorch_model.safetensors").exists()
    assert not any(file.endswith((".bin", ".py")) for file in downloads)


def test_an_unknown_name_is_not_found(served):
    with pytest.raises(NotFound, match="acme/other cannot be fetched"):
        hub.fetch("acme/other", served[0])


def test_a_hub_that_is_away_is_not_found():
    with pytest.raises(NotFound, match="check the name, the network"):
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
