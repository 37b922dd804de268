"""Capture, placing, undo and keeping in the real Krita, at every depth and model that it offers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

SRGB = "sRGB-elle-V2-srgbtrc.icc"
CLAY, WIDE, LINEAR = "ClayRGB-elle-V2-g22.icc", "WideRGB-elle-V2-g22.icc", "sRGB-elle-V2-g10.icc"
PQ = "High Dynamic Range UHDTV Wide Color Gamut Display (Rec. 2020) - SMPTE ST 2084 PQ EOTF"
GRAY, YCBCR = "Gray-D50-elle-V2-g22.icc", "ITU-R BT.709-6 YCbCr ICC V4 profile"
#: Spaces that hold every colour of 8-bit sRGB.
EXACT = [
    f"RGBA/U8/{SRGB}",
    "RGBA/U16/",
    f"RGBA/U16/{SRGB}",
    f"RGBA/U16/{CLAY}",
    "RGBA/U16/Rec2020-elle-V4-g10.icc",
    "RGBA/F16/",
    "RGBA/F32/",
    f"RGBA/F32/{SRGB}",
    "LABA/U16/",
    "LABA/F32/",
    "XYZA/U16/",
    "XYZA/F32/",
]
#: Spaces that hold fewer: gray, inks, 8 bits along another curve or in a wider space, and what goes by tables.
NARROWER = [
    *(f"RGBA/U8/{profile}" for profile in (CLAY, WIDE, LINEAR)),
    f"RGBA/F16/{CLAY}",
    *(f"GRAYA/{depth}/{GRAY}" for depth in ("U8", "U16", "F16", "F32")),
    *(f"CMYKA/{depth}/Chemical proof" for depth in ("U8", "U16", "F32")),
    "LABA/U8/",
    "XYZA/U8/",
    "XYZA/F16/",
    *(f"YCbCrA/{depth}/{YCBCR}" for depth in ("U8", "U16", "F32")),
    f"RGBA/F32/{PQ}",
]
#: In levels of 8 bits, what one code that is rounded the other way is worth in sRGB, where it is more than one.
ROUNDING = {
    "CMYKA/U8/Chemical proof": 1.5,
    f"YCbCrA/U8/{YCBCR}": 2.0,
    # Half floats have eleven bits, so that dark colours of a wide space lie further apart than 8 bits of sRGB.
    f"RGBA/F16/{CLAY}": 3.0,
    "XYZA/F16/": 3.0,
}


@pytest.fixture(scope="module")
def canvas(reports: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    return reports("canvas")


@pytest.mark.parametrize("space", EXACT)
def test_colours_come_back_as_they_were_placed(canvas: dict[str, Any], space: str) -> None:
    assert canvas["spaces"][space]["largest_error"] == 0


def test_the_curve_of_a_bright_display_goes_by_tables(canvas: dict[str, Any]) -> None:
    """In 32-bit floats, what they round is all that is lost."""
    assert canvas["spaces"][f"RGBA/F32/{PQ}"]["largest_error"] <= 1


@pytest.mark.parametrize("space", [space for space in EXACT + NARROWER if PQ not in space])
def test_nothing_is_lost_but_by_the_rounding_of_the_document(canvas: dict[str, Any], space: str) -> None:
    assert canvas["spaces"][space]["error_beyond_rounding"] <= ROUNDING.get(space, 1.0)


def test_every_model_and_depth_of_this_krita_is_tried(canvas: dict[str, Any]) -> None:
    tried = {tuple(space.split("/")[:2]) for space in EXACT + NARROWER}
    assert tried == {(model, depth) for model, depth in canvas["offered"] if model != "A"}  # which is for masks


@pytest.mark.parametrize("space", EXACT + NARROWER)
def test_no_byte_changes_where_a_result_has_no_paint(canvas: dict[str, Any], space: str) -> None:
    assert canvas["spaces"][space]["outside_same"]
    assert canvas["spaces"][space]["inside_changed"] > 1000


@pytest.mark.parametrize("space", EXACT + NARROWER)
def test_a_placed_layer_is_one_undo_step_and_touches_no_other(canvas: dict[str, Any], space: str) -> None:
    said = canvas["spaces"][space]
    assert said["layers"] == ["Background", "Painted", "Rainbow"]
    assert said["below_same"]
    assert said["undone"]


def test_a_result_of_16_bits_keeps_every_bit(canvas: dict[str, Any]) -> None:
    assert canvas["deep_result"] == {"every_bit": True}


def test_a_selection_is_cut_at_the_canvas(canvas: dict[str, Any]) -> None:
    assert canvas["selection"] == {"none": True, "bounds": [0, 0, 30, 48], "values": [200], "beyond": True}


def test_a_layer_is_captured_by_itself_and_the_world_beyond_the_canvas_is_clear(canvas: dict[str, Any]) -> None:
    assert canvas["layer"] == {
        "names": ["Above", "Wanted", "Painted", "Background"],
        "active": "Above",
        "bounds": [0, 0, 64, 64],
        "exact": True,
        "beyond_is_clear": True,
        "corner_exact": True,
    }


def test_a_preview_is_seen_and_is_no_part_of_the_document(canvas: dict[str, Any]) -> None:
    said = canvas["preview"]
    assert said["green_pixels"] > 1000
    assert said["left_over"] == 0
    assert said["same_document"]
    assert said["second_preview_green"] > 1000


def test_what_is_kept_is_saved_with_the_file(canvas: dict[str, Any]) -> None:
    assert canvas["kept"] == {"empty": True, "same": True, "another_key": True}


def test_a_result_for_a_closed_document_is_refused_in_words(canvas: dict[str, Any]) -> None:
    assert canvas["closed"] == "The document “Trial” was closed."
