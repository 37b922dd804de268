"""The shipped depth ControlNet follows shapes: a small sample of what `sfumato.ground.depth.evaluate` measures."""

import json

import pytest
from diffusers import ControlNetModel
from safetensors import safe_open

from sfumato.ground import weights_path as ground_path
from sfumato.ground.depth import weights_path
from sfumato.ground.depth.evaluate import drawn, edges, held_out, load_network
from sfumato.ground.depth.reader import Reader
from sfumato.ground.figures import BENCHMARKS
from sfumato.ground.judge import Judge, measure
from sfumato.ground.sampling import Model

MOST_BYTES = 40_000_000


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load(ground_path())


@pytest.fixture(scope="module")
def network() -> ControlNetModel:
    return load_network(weights_path())


def test_it_is_an_ordinary_folder_of_half_precision_within_its_size():
    files = sorted(path.name for path in weights_path().iterdir())
    with safe_open(weights_path() / "diffusion_pytorch_model.safetensors", framework="pt") as file:
        kinds = {file.get_slice(name).get_dtype() for name in file.keys()}  # noqa: SIM118  (a file, not a dict)

    assert files == ["config.json", "diffusion_pytorch_model.safetensors", "sfumato.json"]
    assert sum(path.stat().st_size for path in weights_path().iterdir()) <= MOST_BYTES
    assert kinds == {"F16"}
    assert json.loads((ground_path() / "sfumato.json").read_text())["control"] == "depth"


def test_the_reader_sees_depth_edges_in_renders_of_shapes_that_it_never_saw():
    shown = held_out(16, seed=1)

    assert edges(Reader.load(), shown.renders, shown.controls)["f_score"] > 0.5


def test_pictures_of_held_out_shapes_follow_them_far_better_than_without(model, network):
    shown, reader = held_out(4, seed=1), Reader.load()
    along = edges(reader, drawn(model, network, shown.prompts, shown.controls), shown.controls)
    free = edges(reader, drawn(model, None, shown.prompts, shown.controls), shown.controls)

    assert along["f_score"] > 2 * free["f_score"]
    assert along["steepness_auc"] > free["steepness_auc"] + 0.1


def test_the_figures_of_the_shipped_weights_keep_the_promises():
    found = json.loads((BENCHMARKS / "ground_depth.json").read_text())

    assert found["edges"]["with_control"]["f_score"] > 2 * found["edges"]["without_control"]["f_score"]
    assert found["edges"]["with_control"]["steepness_auc"] > found["edges"]["without_control"]["steepness_auc"] + 0.1
    assert found["judge"]["with_flat_control"]["material"] > found["judge"]["without_control"]["material"] - 0.15


def test_the_judge_knows_materials_that_follow_nothing(model, network):
    shown = held_out(12, seed=3)
    flat = shown.controls.new_full((12, 128, 128), 200)

    assert measure(Judge.load(), drawn(model, network, shown.prompts, flat), shown.specs)["material"] > 0.5
