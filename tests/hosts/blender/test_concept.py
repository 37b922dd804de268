"""Concept art and images in real Blenders: what a camera sees, and what is drawn of it."""

import pytest

SEAMLESS = 1.15


@pytest.fixture(scope="module")
def found(blender):
    return blender.run("concept_checks.py")


def test_depth_is_white_where_it_is_near_and_black_where_nothing_is(found):
    depth = found["seen"]["depth"]

    assert depth == {"box": 255, "plane": pytest.approx(26, abs=1), "corner": 0}


def test_normals_point_toward_the_camera(found):
    for place in ("box", "plane", "corner"):
        assert found["seen"]["normal"][place] == pytest.approx([128, 128, 255], abs=1)
    right, up = found["tilted"]["right"], found["tilted"]["up"]
    assert right == pytest.approx([128 + 82, 128, 225], abs=2)
    assert up == pytest.approx([128, 128 + 82, 225], abs=2)


def test_looking_changes_nothing_of_the_scene(found):
    assert found["seen"]["kept"]
    assert found["seen"]["left"]
    assert found["seen"]["size"] == [[64, 96, 4], [64, 96, 4]]


def test_a_prompt_becomes_an_image_of_the_camera_s_shape_in_one_undo_step(found):
    ((name, size, packed, space),) = found["from_the_prompt"]["made"]

    assert name.startswith("rusty metal [")
    assert (size, packed, space) == ([96, 64], True, "sRGB")
    assert found["from_the_prompt"]["after undo"] == []


def test_over_a_render_it_looks_like_the_render(found):
    assert found["over_a_render"]["size"] == [96, 64]
    assert found["over_a_render"]["difference"] < 0.12


def test_without_a_view_and_a_camera_it_says_so(found):
    assert "There is no camera" in found["without_a_window"]


def test_the_depth_of_the_view_is_sent_with_what_follows_it(found):
    made = found["following_the_depth"]

    assert made["layer"] == ["view:depth"]
    assert made["offered"] == ["view:depth", "view:normal", "view:picture", "view:render"]
    assert [row[1:] for row in made["sent"]] == [[96, 64]]
    assert made["shades"] >= 3


def test_ground_follows_the_depth_of_the_view(found):
    assert found["drawn_by_the_depth"] > 0.01


def test_an_image_is_drawn_again_made_seamless_and_enlarged(found):
    made = found["an_image"]

    assert made["drawn"][0] == [72, 56]
    assert made["seams"][0] > 5 > SEAMLESS >= made["seams"][1]
    assert made["larger"] == [144, 112]
    assert made["thumbnails"] == 3


def test_blender_has_nothing_to_complain_about(found):
    assert found.complaints == []
