"""GIMP's procedures as scripts and batches call them, against a real daemon with Ground, without a display."""

import re
import subprocess

import pytest

from tests.hosts.control_net import save_control_net
from tests.hosts.program_root import CHECKOUT

DEPTHS = ("8-bit", "16-bit", "float")


@pytest.fixture(scope="module")
def found(gimp):
    save_control_net(gimp.home / "net")
    return gimp.run("procedure_checks.py", net=str(gimp.home / "net"))


def test_every_way_to_draw_is_a_procedure(found):
    assert [name.removeprefix("plug-in-sfumato-") for name in found["procedures"]] == [
        "expand-selection",
        "fill-selection",
        "generate",
        "outpaint",
        "process",
        "refine",
        "remove-selection",
        "replace-selection",
        "tile",
        "window",
    ]


@pytest.mark.parametrize("depth", DEPTHS)
def test_generate_returns_a_layer_for_each_image_and_the_same_for_the_same_seed(found, depth):
    generated = found[f"generate {depth}"]

    assert (generated["status"], generated["layers"]) == ("success", 2)
    assert (generated["below"], generated["differ"], generated["same again"], generated["top"]) == (True,) * 4
    assert generated["shades"] > 30
    assert generated["recipe"] == ["red brick", 4]


@pytest.mark.parametrize("depth", DEPTHS)
def test_refine_changes_the_canvas_on_a_layer_of_its_own(found, depth):
    refined = found[f"refine {depth}"]

    assert (refined["status"], refined["below"]) == ("success", True)
    assert 2 < refined["difference"] < 120


@pytest.mark.parametrize("depth", DEPTHS)
def test_fill_changes_the_selection_with_its_reach_and_not_one_byte_outside(found, depth):
    filled = found[f"fill {depth}"]

    assert (filled["status"], filled["outside"], filled["below"]) == ("success", 0, True)
    assert filled["inside"] > 0.6
    assert filled["shades of alpha"] > 50
    assert filled["selection kept"]
    left, top, right, bottom = filled["reach"]
    assert 10 < left < 40
    assert 10 < top < 40
    assert 87 < right < 120
    assert 79 < bottom < 120


def test_an_indexed_image_stays_indexed_and_outside_the_selection_not_one_index_changes(found):
    filled = found["fill_indexed"]

    assert (filled["status"], filled["outside"], filled["below"]) == ("success", 0, True)
    assert filled["inside"] > 0.5
    assert (filled["alphas"], filled["indexed"]) == ([0, 255], True)
    assert filled["indices"] > 2


def test_prompts_bound_to_layers_hold_where_the_layers_have_paint(found):
    regions = found["regions"]
    left, right = regions["bound"]

    assert regions["status"] == ["success", "success"]
    assert left > right + 20
    assert left > regions["alone"][0] + 10
    assert right < regions["alone"][1] - 5


def test_a_control_net_follows_the_layer_that_it_is_given(found):
    control = found["control"]

    assert control["alone"] > 1
    assert control["other layer"] > 0.05
    assert control["strength 0"] == 0
    assert control["its edges"] > 0.05
    status, said = control["edges of nobody"]
    assert status == "execution-error"
    assert "preprocessor of control.net cannot be 'control.cany': expected one of nothing, control.blur" in said


def test_a_seamless_texture_has_no_seam(found):
    tiled = found["tile"]

    assert tiled["status"] == "success"
    assert max(tiled["columns"], tiled["rows"]) <= 1.15


def test_outpaint_fills_what_is_transparent_and_keeps_the_rest(found):
    grown = found["outpaint"]

    assert (grown["status"], grown["below"], grown["kept"], grown["full"]) == ("success", True, True, 255)


def test_process_makes_a_layer_of_the_active_one(found):
    assert found["process"] == {"status": "success", "error": "success", "layers": 1, "below": True}


def test_what_cannot_be_drawn_is_an_error_in_words_and_leaves_no_layer(found):
    refused = found["refusals"]
    expected = {
        "sampler": "There is no sampler “acme.none”. There are: ",
        "setting": "“speed=3” is no setting of sfumato.euler. It takes: ",
        "selection": "Select something first",
        "model": "none/such",
        "processors": "Choose at least one processor first.",
        "region": "“the sky is blue” is no region. A region is written layer:NAME=what is to be there.",
        "layer": "There is no layer “sky”",
        "colours": "Choose Image > Mode > RGB",
    }

    assert refused["layers"] == [1, 0]
    for name, words in expected.items():
        assert refused[name][0] == "execution-error"
        assert words in refused[name][1]


def test_the_examples_in_the_help_of_the_arguments_are_understood(found):
    assert found["hints"] == ["success", "success"]


def test_neither_gimp_nor_the_plug_in_complains(found):
    assert found.complaints == []


def test_the_guide_s_batch_examples_run(gimp):
    """The code blocks of docs/hosts/gimp.md, run from a folder of their own as an artist would."""
    guide = (CHECKOUT / "docs" / "hosts" / "gimp.md").read_text()
    script_fu = re.search(r"```scheme\n(.*?)```", guide, re.S).group(1)
    python = re.search(r"```python\n(.*?)```", guide, re.S).group(1)
    (gimp.home / "brick.scm").write_text(script_fu)
    (gimp.home / "brick.py").write_text(python)

    said = gimp.batch(f'(load "{gimp.home}/brick.scm")')
    said += gimp.batch(f"exec(open('{gimp.home}/brick.py').read())", interpreter="python-fu-eval")

    made = {
        path.name: subprocess.run(["file", path], capture_output=True, text=True).stdout
        for path in gimp.home.glob("*.png")
    }
    assert set(made) == {"brick.png", "rust.png"}, said
    assert "256 x 256" in made["brick.png"]
