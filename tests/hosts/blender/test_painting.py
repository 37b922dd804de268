"""Painted meshes in real Blenders, with a real daemon and Ground: grown, undone, saved, continued, repainted."""

import pytest


@pytest.fixture(scope="module")
def found(blender):
    return blender.run("painting_checks.py")


def test_the_texture_grows_on_the_object_and_ends_in_a_material_of_its_own(found):
    made = found["a_cube_is_painted"]

    assert (made["state"], made["fault"], made["views"]) == ("succeeded", None, [4, 4])
    assert made["grown"][0][:2] == [[256, 256], "Cube (painting)"]
    assert made["grown"][0][2] > 0.02
    assert made["texture"] == ["Cube Paint", [256, 256], "sRGB"]
    assert made["packed"]
    assert made["spread"] > 8
    assert made["wires"] == ["Base Color"]
    assert made["active"] == "Sfumato Paint"


def test_nothing_of_the_mesh_changes_and_nothing_unfinished_is_left(found):
    made = found["a_cube_is_painted"]

    assert made["same shape"]
    assert (made["left"], made["kept"]) == ([], None)


def test_it_is_one_undo_step_and_comes_back_from_the_file(found):
    assert found["one_undo_takes_it_back"] == {"undone": [True, 0], "redone": True}
    assert found["saved_and_opened_again"]


def test_several_objects_are_painted_with_their_modifiers_and_keep_their_materials(found):
    made = found["several_objects_and_a_modifier"]

    assert (made["state"], made["fault"]) == ("succeeded", None)
    assert made["triangles"] == {"Cube": 12, "Torus": 4608}
    assert made["textures"] == ["Cube", "Torus"]
    assert min(made["spreads"]) > 8
    assert (made["torus wears"], made["roughness"]) == ("own", 0.125)
    assert made["same shapes"]


def test_missing_uvs_are_told_and_new_ones_come_as_a_layer_of_their_own(found):
    made = found["missing_uvs"]

    assert made["told"] == [True, "'Suzanne': it has no UVs", 0]
    assert (made["state"], made["layers"]) == ("succeeded", ["Sfumato Paint"])
    assert made["same shape"]
    assert made["painted by"] == "Sfumato Paint"


def test_new_uvs_that_were_dismissed_meanwhile_change_nothing(found):
    assert found["new_uvs_that_nobody_waits_for"] == [0, 0]


def test_overlapping_uvs_are_painted_only_when_that_is_wanted(found):
    made = found["overlapping_uvs"]

    assert made["told"][0]
    assert "overlap" in made["told"][1]
    assert made["unpainted"]
    assert made["state"] == "succeeded"


def test_on_overlapping_uvs_a_view_stays_the_view_that_was_asked_for(found):
    assert found["overlapping_uvs_from_a_view"] == {"told": True, "same view": True, "state": "succeeded"}


def test_a_cancelled_painting_leaves_the_object_as_it_was_and_ends_as_an_unbroken_one(found):
    made = found["cancelled_and_continued"]

    assert made["cancelled"] == ["cancelled", True, [True, 0, 0]]
    assert made["kept"]
    assert made["continued"] == ["succeeded", None]
    assert made["same"]


def test_a_region_is_repainted_and_not_one_bit_outside_of_it(found):
    made = found["repainted_from_a_view"]

    assert made["state"] == ["succeeded", None]
    assert made["inside"] > 0.5
    assert made["outside"] == 0
    assert made["new image"]
    assert made["faces"][0] == "succeeded"
    assert made["faces"][1] > 0.4
    assert made["faces"][2] == 0
    assert made["undone"]


def test_a_mask_whose_file_is_lost_is_told(found):
    size, asked, said = found["repainted_from_a_view"]["a mask without pixels"]

    assert (size, asked) == ([0, 0], None)
    assert "“lost” has no pixels" in said


def test_a_daemon_that_is_killed_in_the_middle_costs_nothing(found):
    assert found["daemon_killed_in_the_middle"]["state"] == "succeeded"
    assert found["daemon_killed_in_the_middle"]["spread"] > 8


def test_what_cannot_be_painted_is_told_in_words(found):
    told = found["what_cannot_be_painted_is_told"]

    assert [each[0] for each in told.values()] == [None, None, None]
    assert "Choose the mask" in told["no mask"][1]
    assert "Paint all of it first" in told["no paint"][1]
    assert "Select the meshes" in told["nothing"][1]


def test_an_object_that_is_deleted_meanwhile_leaves_its_texture(found):
    left = found["a_deleted_object_leaves_its_texture"]

    assert (left["state"], left["kept"]) == ("succeeded", [True])
    assert "is gone" in left["notice"]


def test_what_comes_after_another_file_was_opened_comes_onto_none_of_it(found):
    assert found["another_file_is_opened_meanwhile"] == ["succeeded", 0, True, ""]


def test_nothing_is_left_after_disabling(found):
    assert found["nothing_is_left"] == [False, False]
    assert found.complaints == []
