"""States with a way out, forms of every kind of parameter, presets: in real Blenders, with a zip for any machine."""

import sys

import pytest

from tests.hosts.blender.blender_program import BlenderProgram, package


@pytest.fixture(scope="module")
def found(blender, tmp_path_factory):
    portable = package(tmp_path_factory.mktemp("portable"), "--portable")
    program = BlenderProgram(kind=blender.kind, home=blender.home, archive=blender.home / portable.name)
    program.archive.write_bytes(portable.read_bytes())
    return program.run("state_checks.py", python=sys.executable)


def test_a_missing_python_is_said_with_what_to_do(found):
    state = found["missing"]["state"]

    assert state[:2] == ["missing", "Not installed"]
    assert "sfumato hosts install" in state[2]
    assert state[3] == "Try again"
    assert "Not installed" in found["missing"]["refused"]


def test_a_mistake_beside_the_main_thread_is_told_and_holds_nothing_up(found):
    work = found["work_that_fails"]

    assert work["done"] == ["after"]
    assert "ZeroDivisionError: division by zero" in work["said"]
    assert work["console"]


def test_the_artist_may_name_the_python(found):
    assert found["found_by_the_preferences"] == "ready"


def test_a_bridge_that_dies_is_told_and_started_again(found):
    assert found["a_bridge_that_dies"] == ["Interrupted", "Start it now"]


def test_every_kind_of_parameter_has_its_property_and_an_unknown_one_has_none(found):
    made = found["forms_of_every_kind"]

    assert set(made["shown"]) == {
        "bool", "int", "float", "text", "choice", "colour", "seed", "image", "mask", "model",
        "preprocessor",
    }  # fmt: skip
    assert made["shown"]["seed"] == str(2**62)
    assert made["shown"]["colour"] == pytest.approx([1.0, 128 / 255, 0.0], abs=1e-6)
    assert made["written"] == {
        "bool": False,
        "int": 7,
        "float": 0.1,
        "text": "lichen",
        "choice": "a",
        "colour": "#0033ff",
        "seed": 2**63 - 1,
        "image": {"layer": "image:photo"},
        "model": "/models/net",
        "preprocessor": "acme.edges",
    }
    assert made["limits"] == [0.0, 2.0, 1.0]
    assert made["gone"]


def test_presets_are_kept_without_the_seed(found):
    assert found["presets"] == [["harbour at dawn", 9, "5"], []]


def test_presets_that_cannot_be_written_are_said_and_none_is_lost(found):
    (saving, deleting), kept = found["presets_that_cannot_be_written"]

    assert "The preset cannot be written" in saving
    assert "The preset cannot be deleted" in deleting
    assert "Traceback" not in saving + deleting
    assert kept == ["Dawn"]


def test_a_seed_is_the_digits_that_were_typed(found):
    assert found["seeds_as_they_are_typed"] == ["12", "7", "0", str(2**63 - 1)]


def test_what_no_plugin_can_do_is_said_with_the_command_that_helps(found):
    said = found["without_plugins"]

    assert "pip install sfumato-texture" in said["maps"]
    assert "pip install sfumato-texture" in said["tileable"]
    assert "pip install sfumato-control" in said["conditioner"]
    assert said["dismissed"] == ""


def test_a_file_in_which_nothing_was_asked_for_has_nothing_of_ours(found):
    assert found["a_file_of_somebody_else"] == [[], [".sfumato"]]


def test_what_cannot_be_drawn_is_said_and_leaves_nothing(found):
    said, slots, materials = found["a_job_that_cannot_be_done"]

    assert "/nowhere/net.safetensors" in said
    assert (slots, materials) == (0, 0)


def test_it_can_be_enabled_again_and_again(found):
    assert found["enabled_three_times"] is True
