"""Capture, placing, undo and keeping in the real Krita, at every depth and model that it offers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

SRGB = "sRGB-elle-V2-srgbtrc.icc"
EXACT = [
    f"RGBA/U8/{SRGB}",
    "RGBA/U16/",
    f"RGBA/U16/{SRGB}",
    "RGBA/F16/",
    "RGBA/F32/",
    f"RGBA/F32/{SRGB}",
    "XYZA/F32/",
]
#: Spaces that cannot hold every colour of 8-bit sRGB: gray, inks, 8 bits along another curve, Krita's own Lab.
NARROWER = ["RGBA/U8/ClayRGB-elle-V2-g22.icc", "GRAYA/U8/", "GRAYA/U16/", "CMYKA/U8/", "CMYKA/U16/", "LABA/U16/"]


@pytest.fixture(scope="module")
def canvas(reports: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    return reports("canvas")


@pytest.mark.parametrize("space", EXACT)
def test_colours_come_back_as_they_were_placed(canvas: dict[str, Any], space: str) -> None:
    assert canvas["spaces"][space]["largest_error"] == 0


@pytest.mark.parametrize("space", ["GRAYA/U8/", "GRAYA/U16/"])
def test_what_a_gray_document_can_hold_is_placed_as_it_was_captured(canvas: dict[str, Any], space: str) -> None:
    assert canvas["spaces"][space]["second_trip_error"] == 0


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
    assert said["undone_same"]


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
    assert said["same_layers"]
    assert said["second_preview_green"] > 1000


def test_what_is_kept_is_saved_with_the_file(canvas: dict[str, Any]) -> None:
    assert canvas["kept"] == {"empty": True, "saved": True, "same": True, "another_key": True}


def test_a_result_for_a_closed_document_is_refused_in_words(canvas: dict[str, Any]) -> None:
    assert canvas["closed"] == "The document “Trial” was closed."
