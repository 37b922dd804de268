import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

import sfumato.plugin as sf
from sfumato.catalogue import ModelCard
from sfumato.engine.families.stable_diffusion import StableDiffusion
from sfumato.engine.model_store import ModelStore
from sfumato.errors import InvalidRecipe, NotFound, SfumatoError, WeightsRefused


@pytest.fixture
def make(tmp_path, tiny_folded):
    """A store over the same data folder, as after a restart."""

    def build(**given):
        settings = {"families": [StableDiffusion], "built_in": {"ground": tiny_folded}}
        return ModelStore(tmp_path / "data", **settings | {"device": "cpu", "dtype": "float32"} | given)

    return build


@pytest.fixture
def store(make):
    return make()


@pytest.fixture
def copy(tiny_sd, tmp_path):
    return shutil.copytree(tiny_sd, tmp_path / "My Model v1.5")


def ids(store):
    return [card.id for card in store.cards()]


def test_built_in_models_are_there(store):
    (card,) = store.cards()
    assert (card.id, card.title) == ("ground", "Tiny Ground")
    assert store.load("ground").card == card


def test_inspecting_adds_nothing(store, tiny_sd):
    assert store.inspect(tiny_sd).id == "tiny-sd"
    assert ids(store) == ["ground"]


def test_what_was_added_is_there_after_a_restart(make, tiny_sd, tiny_v):
    make().add(tiny_v)
    card = make().add(tiny_sd, id="mine")
    assert ids(make()) == ["ground", "mine", "tiny-v"]
    assert make().load("mine").card == card


def test_names_become_ids(store, copy):
    assert store.add(copy).id == "my-model-v1-5"


def test_adding_again_brings_the_card_up_to_date(store, copy):
    store.add(copy)
    before = store.load("my-model-v1-5")
    config = copy / "scheduler" / "scheduler_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"prediction_type": "v_prediction"}))
    assert store.add(copy).prediction_type == "v_prediction"
    assert ids(store) == ["ground", "my-model-v1-5"]
    assert store.load("my-model-v1-5") is not before


def test_two_models_of_one_name_get_two_ids(store, tiny_sd, tmp_path):
    other = shutil.copytree(tiny_sd, tmp_path / "other" / tiny_sd.name)
    assert [store.add(tiny_sd).id, store.add(other).id] == ["tiny-sd", "tiny-sd-2"]


def test_an_id_that_is_taken_is_refused(store, tiny_sd):
    with pytest.raises(InvalidRecipe, match=r"ground is .* already; choose another id"):
        store.add(tiny_sd, id="ground")


@pytest.mark.parametrize("name", ["Has Spaces", "../up", ".hidden", "ä"])
def test_a_malformed_id_is_refused(store, tiny_sd, name):
    with pytest.raises(InvalidRecipe, match="expected a-z"):
        store.add(tiny_sd, id=name)


def test_removing_forgets_and_keeps_the_files(make, copy):
    store = make()
    store.add(copy, id="mine")
    store.remove("mine")
    assert ids(store) == ids(make()) == ["ground"]
    assert (copy / "unet" / "config.json").exists()
    with pytest.raises(NotFound, match="no model 'mine'"):
        store.load("mine")


def test_built_in_models_stay(store):
    with pytest.raises(InvalidRecipe, match="comes with Sfumato"):
        store.remove("ground")


@pytest.mark.parametrize("ask", ["load", "remove"])
def test_an_unknown_id_names_the_nearest(store, ask):
    with pytest.raises(NotFound, match="no model 'grond'; did you mean ground"):
        getattr(store, ask)("grond")


def test_a_missing_path_is_named(store, tmp_path):
    with pytest.raises(NotFound, match=r"no file or folder .*gone\.safetensors"):
        store.inspect(tmp_path / "gone.safetensors")


def test_a_moved_model_is_named(store, copy):
    store.add(copy, id="mine")
    copy.rename(copy.with_name("elsewhere"))
    with pytest.raises(NotFound, match=r"model mine was at .*My Model v1\.5 and is gone; remove it, or add it"):
        store.load("mine")


def test_a_model_of_no_family_is_refused(store, tmp_path):
    file = tmp_path / "lora.safetensors"
    save_file({"lora.weight": torch.zeros(1)}, file)
    with pytest.raises(WeightsRefused, match="not a model of a known family; known are Stable Diffusion"):
        store.add(file)


def test_a_pickle_is_refused_whatever_it_is_called(store, tmp_path):
    file = tmp_path / "model.safetensors"
    torch.save({"a": torch.zeros(1)}, file)
    with pytest.raises(WeightsRefused, match="a pickle inside"):
        store.inspect(file)


def test_a_model_whose_plugin_is_gone_names_the_family(make, tiny_sd):
    make().add(tiny_sd)
    with pytest.raises(NotFound, match=r"needs the family sfumato\.stable-diffusion"):
        make(families=[], built_in={}).load("tiny-sd")


class AnyFile(sf.Family):
    """A plugin's family that takes what Stable Diffusion refuses."""

    id, label = "acme.any", "Any file"

    @classmethod
    def describe(cls, source):
        return replace(DESCRIBED, id=source.stem, source=str(source))


DESCRIBED = ModelCard(
    id="", title="", family="acme.any", architecture="any", prediction_type="epsilon", native_size_px=64
)


def test_what_one_family_refuses_another_may_take(make, tmp_path):
    file = tmp_path / "xl.safetensors"
    save_file({"conditioner.embedders.1.model.ln_final.weight": torch.zeros(1)}, file)
    with pytest.raises(WeightsRefused, match="Stable Diffusion XL"):
        make().inspect(file)
    assert make(families=[StableDiffusion, AnyFile]).inspect(file).family == "acme.any"


def test_loaded_models_are_kept_as_far_as_memory_goes(make, tiny_sd, tiny_v):
    size = sum(make().load("ground").memory().values())
    store = make(memory_limit_bytes=int(2.5 * size))
    store.add(tiny_sd)
    store.add(tiny_v)
    first = store.load("ground")
    assert store.load("ground") is first
    store.load("tiny-sd")
    assert store.load("ground") is first
    store.load("tiny-v")
    store.load("tiny-sd")
    assert store.load("ground") is not first


def test_a_model_larger_than_the_limit_is_loaded_all_the_same(make):
    store = make(memory_limit_bytes=1)
    assert store.load("ground") is store.load("ground")


def test_a_damaged_registry_says_what_to_do(make, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models.json").write_text('{"mine": {}}')
    with pytest.raises(SfumatoError, match=r"models\.json is damaged .* repair it, or delete it"):
        make()


def test_without_settings_the_machine_is_measured_once(make, tmp_path):
    family = make(device="", dtype="").load("ground")
    noted = json.loads((tmp_path / "data" / "precision.json").read_text())
    assert set(noted.values()) <= {"float32", "bfloat16", "float16"}
    assert isinstance(family.device, torch.device)


def test_sources_are_kept_as_absolute_paths(store, copy, monkeypatch):
    monkeypatch.chdir(copy.parent)
    assert Path(store.add(Path(copy.name)).source) == copy
