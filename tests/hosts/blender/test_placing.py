"""Materials in real Blenders, placed where that is hard: without UVs, enlarged, where no file can be written."""

import pytest


@pytest.fixture(scope="module")
def found(blender):
    return blender.run("placing_checks.py")


def test_what_has_no_uvs_gets_a_material_that_is_projected(found):
    assert found["applied_to_what_has_no_uvs"] == {
        "boxes": [True, True],
        "shared": True,
        "bump": True,
        "maps": ["ambient_occlusion", "base_color", "height", "normal", "roughness"],
    }


def test_one_material_for_objects_with_uvs_and_without(found):
    assert found["drawn_for_some_with_uvs_and_some_without"] == [True, True, pytest.approx(0.25)]


def test_an_enlarged_material_is_as_deep_as_before(found):
    before, *larger, again = found["enlarged_twice"]

    assert [each[0] for each in (before, *larger, again)] == [[256] * 2, [512] * 2, [1024] * 2, [128] * 2]
    for _, slope, depth in larger:
        assert slope == pytest.approx(before[1], rel=0.1)
        assert depth == pytest.approx(before[2], rel=1e-4)
    # Drawn with half as many pixels, the same relief is twice as large a share of a tile.
    assert again[2] == pytest.approx(2 * before[2], rel=1e-4)


def test_textures_that_cannot_be_saved_are_packed_and_that_is_told(found):
    for name, reason in (
        ("kept_beside_a_file_that_is_not_saved", "(the .blend has not been saved yet)"),
        ("kept_where_nothing_can_be_written", "(File exists)"),
    ):
        notice, is_packed = found[name]
        assert notice == f"Textures cannot be saved in “//textures/” {reason}. They are packed into the .blend instead."
        assert is_packed


def test_a_mistake_does_not_end_the_timer(found):
    goes_on, notice = found["a_mistake_of_ours"]

    assert goes_on
    assert "RuntimeError: on purpose" in notice
