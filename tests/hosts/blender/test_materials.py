"""Materials in real Blenders, with a real daemon and Ground: drawn, wired, measured, undone, saved, cancelled."""

import pytest

ROLES = {"base_color", "roughness", "normal", "height", "ambient_occlusion"}
#: The seam figure of the design.
SEAMLESS = 1.15


@pytest.fixture(scope="module")
def found(blender):
    return blender.run("material_checks.py")


def test_a_prompt_becomes_a_material_with_every_map_in_its_place(found):
    made = found["one_material"]

    assert made["nothing before it is done"]
    assert made["name"].startswith("mossy red brick wall")
    assert made["wires"] == {
        "base_color": ["Base Color"],
        "ambient_occlusion": ["Base Color"],
        "roughness": ["Roughness"],
        "normal": ["Normal"],
        "height": ["Displacement"],
    }
    assert made["method"] == "DISPLACEMENT"
    assert made["relief"] > 0


def test_colours_are_colours_and_numbers_are_numbers_of_enough_bits(found):
    images = found["one_material"]["images"]

    assert {role: each[:3] for role, each in images.items()} == {
        "base_color": ["sRGB", True, False],
        "ambient_occlusion": ["Non-Color", True, False],
        "roughness": ["Non-Color", True, False],
        "normal": ["Non-Color", True, True],
        "height": ["Non-Color", True, True],
    }
    assert found["one_material"]["shades"] > 256


def test_every_map_tiles_and_the_normals_are_those_of_the_height(found):
    made = found["one_material"]
    shortest, longest, outward = made["normals"]

    assert set(made["seams"]) == ROLES
    assert max(made["seams"].values()) <= SEAMLESS
    assert 0.999 < shortest <= longest < 1.001
    assert outward > 0
    assert min(made["agreement"]) > 0.99


def test_it_is_an_asset_with_a_picture(found):
    made = found["one_material"]

    assert made["asset"] == [True, [192, 192], True]
    assert made["preview"] > 0.5


def test_a_cube_of_two_metres_wears_one_tile_on_each_side(found):
    assert found["one_material"]["scale"][:2] == [4.0, 4.0]


def test_one_undo_takes_everything_back_and_the_variation_can_be_applied_again(found):
    undone = found["undo_takes_all_of_it_back_in_one_step"]

    assert (undone["left"], undone["worn"]) == ([0, 0], False)
    assert undone["again"] == ["FINISHED"]
    assert undone["made"].startswith("mossy")


def test_saved_and_opened_again_it_is_the_same_to_the_last_bit(found):
    opened = found["saved_and_opened_again"]

    assert opened["empty"] == [0, ""]
    assert opened["same"] == dict.fromkeys(ROLES, True)
    assert opened["spaces"] == {role: "sRGB" if role == "base_color" else "Non-Color" for role in ROLES}
    assert (opened["asset"], opened["prompt"]) == (True, "mossy red brick wall")
    assert opened["history"] == ["mossy red brick wall"]


def test_a_material_of_an_opened_file_is_drawn_again_in_its_place(found):
    assert found["drawn_again_after_opening"] == {
        "name": True,
        "nodes": True,
        "differ": dict.fromkeys(ROLES, True),
        "images": len(ROLES),
    }


def test_the_history_brings_a_material_back(found):
    assert found["brought_back_from_the_history"] == [["ready", sorted(ROLES)]]


def test_one_variation_is_drawn_again_and_the_others_stay(found):
    made = found["variations"]

    assert made["seeds"] == [3, [True, False, True]]
    assert made["balls"] == [3, 3]
    assert made["thumbnails"]


def test_an_enlarged_variation_is_still_seamless(found):
    larger = found["variations"]["larger"]

    assert set(larger) == ROLES
    for size, seam in larger.values():
        assert size == [256, 256]
        assert seam <= SEAMLESS


def test_a_photograph_becomes_a_seamless_material(found):
    made = found["from_a_photograph"]

    assert made["seam before"] > SEAMLESS
    assert max(made["seams"].values()) <= SEAMLESS
    assert set(made["roles"]) == ROLES
    assert made["sizes"] == [[160, 128]]


def test_textures_can_be_kept_beside_the_file(found):
    made = found["beside_the_file"]
    names = [f"mossy red brick wall {each}.png" for each in (
        "Ambient Occlusion", "Base Color", "Height", "Normal", "Roughness",
    )]  # fmt: skip

    assert made["files"] == names
    assert made["paths"] == [f"//textures/{name}" for name in names]
    assert not any(made["packed"])
    assert made["spaces"]["normal"] == "Non-Color"
    assert made["seam"] <= SEAMLESS


def test_cancelling_stops_this_job_and_no_other(found):
    assert found["cancelled"] == {"states": ["cancelled", "succeeded"], "slots": ["ready"], "materials": 1}


def test_without_a_selection_it_waits_to_be_applied(found):
    assert found["no_camera_no_selection"] == [0, 1, True]


def test_new_nodes_of_a_material_displace_as_the_settings_say(found):
    assert found["drawn_again_without_displacement"] == [pytest.approx(2), 0]


def test_the_buttons_of_a_variation_that_is_gone_do_nothing(found):
    assert found["a_variation_that_is_gone"] == [[["CANCELLED"]] * 5, True]


def test_in_edit_mode_the_selected_faces_get_it(found):
    assert found["faces_in_edit_mode"] == [2, [1, 0, 0, 0, 0, 0]]


def test_the_scale_suits_the_size(found):
    scales = found["scales"]

    assert scales["plane 0.5"] == [[1.0, 1.0], 0.5, False]
    assert scales["plane 20.0"] == [[10.0, 10.0], 2.0, False]
    assert scales["long plane"] == [[2.0, 1.0], 2.0, False]
    assert scales["given"] == [[40.0, 80.0], 0.5, False]
    assert scales["no UVs"] == [[1.0, 1.0], 1.0, True]


def test_nothing_is_left_when_it_is_disabled(found):
    left = found["nothing_is_left"]

    assert left == {name: [] for name in left} | {"operators": False}


def test_blender_has_nothing_to_complain_about(found):
    assert found.complaints == []
