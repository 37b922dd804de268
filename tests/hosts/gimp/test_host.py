"""The canvas through GimpHost: colours, places, undo and parasites at every precision of a real GIMP."""

import pytest

CURVES = ("", "-linear", "-perceptual")
RGB_DEPTHS, GRAY_DEPTHS = ("u8", "u16", "half", "float", "double"), ("u8", "u16", "half")
EXACT = [f"{depth}{curve} rgb" for depth in RGB_DEPTHS for curve in CURVES]
EXACT += ["u32-linear rgb"] + [f"{depth}{curve} gray" for depth in GRAY_DEPTHS for curve in CURVES]
#: GIMP rounds when it merges these, under an empty layer as well.
ROUNDED_BY_GIMP = ["u32 rgb", "u32-perceptual rgb"]
ROUNDED_BY_GIMP += [f"{depth}{curve} gray" for depth in ("u32", "float", "double") for curve in CURVES]
#: 8 bits of linear light have steps of up to 13 levels of sRGB in the dark, and round.
COARSE = ("u8-linear rgb", "u8-linear gray")


@pytest.fixture(scope="module")
def found(gimp):
    return gimp.run("host_checks.py")


@pytest.mark.parametrize("kind", EXACT)
def test_not_one_byte_of_the_merged_image_changes_outside_of_what_is_placed(found, kind):
    placed = found[f"place {kind}"]

    assert placed["outside"] == 0
    assert placed["inside"] > 800


@pytest.mark.parametrize("kind", ROUNDED_BY_GIMP)
def test_where_gimp_rounds_a_placed_picture_changes_no_more_than_an_empty_layer(found, kind):
    assert found[f"place {kind}"]["as an empty layer"] is True


@pytest.mark.parametrize("kind", sorted({*EXACT, *ROUNDED_BY_GIMP} - {*COARSE}))
def test_opaque_colours_and_all_alphas_come_back_as_they_went(found, kind):
    placed = found[f"place {kind}"]

    assert (placed["wrong"], placed["alpha"]) == (0, True)


@pytest.mark.parametrize("kind", COARSE)
def test_linear_light_in_8_bits_holds_colours_as_well_as_it_can(found, kind):
    assert found[f"place {kind}"]["max_difference"] <= 7


@pytest.mark.parametrize("kind", EXACT + ROUNDED_BY_GIMP)
def test_the_painted_layer_is_bit_identical_and_the_result_lies_on_top_at_its_place(found, kind):
    placed = found[f"place {kind}"]

    assert (placed["below"], placed["position"]) == (True, [10, 12, True])


def test_another_profile_reads_as_srgb_and_stores_its_own_numbers(found):
    profile = found["profile"]

    assert profile["merged"] == profile["layer"] == [200, 30, 40, 255]
    assert profile["stored"] != [200, 200, 30, 30, 40, 40, 255, 255]


def test_16_bits_arrive_whole(found):
    assert found["sixteen_bits"] is True


def test_an_indexed_image_is_read_as_it_is_seen_and_stays_indexed(found):
    indexed = found["indexed"]

    assert indexed["colours"] == 12
    assert (indexed["seen"], indexed["transparent"]) == (True, 21 * 80)
    assert (indexed["outside"], indexed["below"], indexed["indexed still"]) == (0, True, True)
    assert indexed["inside"] > 500
    assert indexed["exact"]
    assert "12 colours, with dithering" in indexed["note"]


def test_nothing_half_transparent_lands_in_an_indexed_image(found):
    assert found["indexed_soft_edges"] == [0, 255]


def test_half_opaque_layers_of_an_indexed_image_are_captured_as_gimp_shows_them(found):
    seen = found["indexed_as_it_is_seen"]

    assert seen["layers"] == 2
    assert seen["indexed"]
    assert seen["seen"][0] > 150 < seen["seen"][2]  # red and blue in equal parts, which the palette does not have


def test_an_indexed_image_without_colours_is_told_what_to_do(found):
    assert "Image > Mode > RGB" in found["indexed_without_colours"]


def test_a_selection_keeps_its_feathered_edge_and_lies_in_the_canvas(found):
    selection = found["selection_edges"]

    assert selection["nothing"]
    assert selection["size"]
    assert selection["shades"] > 100
    assert selection["clipped"] == [0, 0, 20, 20]
    assert selection["full"]


def test_layers_are_read_at_their_offsets_in_groups_too(found):
    layers = found["layer_offsets"]

    assert layers["names"] == ["group", "small", "painted"]
    assert layers["bounds"] == [-3, 70, 10, 10]
    assert layers["corner"] == [[0, 0, 0, 0], [0, 0, 0, 0], [255] * 4, [255] * 4]


def test_a_preview_is_no_part_of_the_image(found):
    assert found["preview_is_no_part"] == {
        "shown": True,
        "names": ["painted"],
        "left out of captures": True,
        "layers": 2,
        "selected": True,
        "gone": True,
        "clean": True,
    }


@pytest.mark.parametrize("kind", ["", ", in a group"])
def test_a_preview_changes_nothing_of_what_is_captured(found, kind):
    captured = found[f"captured beside a preview{kind}"]

    assert captured["off"] == 0
    assert captured["shades"] > 200


def test_the_canvas_watch_sees_what_is_painted_at_once_and_all_else_soon(found):
    assert found["watching"] == {
        "first": 1,
        "nothing": None,
        "painted": 1,
        "selected": 1,
        "our preview": None,
        "other layer": True,
        "its mask": True,
        "removed": 1,
    }


def test_parasites_and_layer_keys_come_back_from_an_xcf_and_a_saved_preview_is_swept(found):
    assert found["kept_with_the_document"] == {"data": True, "nothing": None, "layer": ["kept"], "swept": [3, 2]}


def test_a_closed_image_is_told_in_words(found):
    assert found["closed"] == ["“[Untitled]” was closed", True]


def test_pixels_of_a_wrong_length_are_refused(found):
    assert found["wrong_length"] == ["a picture has 5 bytes where 64 were expected", 1]


def test_gimp_and_the_adapter_have_nothing_to_complain_about(found):
    assert found.complaints == []
