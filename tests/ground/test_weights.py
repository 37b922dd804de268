"""The shipped model: an ordinary diffusers folder, small, whose parts fit each other."""

from __future__ import annotations

import json

import pytest

from sfumato.ground import weights_path
from sfumato.ground.sampling import Model

MOST_BYTES = 60_000_000


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load(weights_path())


def test_the_folder_is_small_and_holds_safetensors_only() -> None:
    files = [path for path in weights_path().rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= MOST_BYTES
    assert {path.suffix for path in files} <= {".safetensors", ".json", ".txt", ""}


def test_sfumato_json_previews_every_latent_channel(model: Model) -> None:
    facts = json.loads((weights_path() / "sfumato.json").read_text())
    assert len(facts["latent_rgb"]["factors"]) == model.unet.config["in_channels"]
    assert len(facts["latent_rgb"]["bias"]) == 3


def test_the_parts_fit_each_other(model: Model) -> None:
    assert model.unet.config["in_channels"] == model.vae.config["latent_channels"]
    assert model.unet.config["cross_attention_dim"] == model.text_encoder.config.hidden_size


def test_any_text_tokenises_within_the_context(model: Model) -> None:
    longest = model.text_encoder.config.max_position_embeddings
    for text in ("", "Éclair au chocolat ☕ 漢字", "brick " * 99):
        assert 2 <= len(model.tokenizer(text, truncation=True).input_ids) <= longest
