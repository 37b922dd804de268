"""Blender with its window: the timer drains by itself, panels are drawn, undo is one step, the view is what is seen."""

import struct

import pytest


@pytest.fixture(scope="module")
def found(blender_window):
    return blender_window.run("window_checks.py")


def test_an_artist_s_first_minutes_go_without_a_fault(found, blender_window):
    assert found["errors"] == []
    assert found.complaints == []
    for name in ("off", "drawing", "material", "concept", "all_view", "all_nodes", "all_image"):
        head = (blender_window.home / f"{name}.png").read_bytes()[:24]
        assert struct.unpack(">II", head[16:24]) == (1600, 1000)


def test_the_timer_connects_draws_and_puts_it_onto_the_selection(found):
    assert found["off"] == "off"
    assert found["worn"].startswith("mossy red brick wall")
    assert found["wired"] == ["Base Color", "Displacement", "Normal", "Roughness"]


def test_every_panel_is_drawn_with_its_forms(found):
    """A panel that fails is told by Blender, which is a complaint; here: there were forms to draw."""
    assert found["forms"] >= 12


def test_variations_have_pictures(found):
    assert found["icons"] == [True, True]


def test_undo_is_one_step_and_redo_brings_it_back(found):
    assert found["undone"] == [False, True]
    assert found["redone"] is True


def test_the_shape_of_the_view_is_that_of_its_picture(found):
    """The camera for a moment and the 3D view see the same: the ball covers the same pixels of both."""
    width_px, height_px, overlap = found["view"]

    assert (width_px, height_px) == (256, 144)
    assert overlap > 0.93


def test_concept_art_is_drawn_over_the_view(found):
    assert found["concept"] == ["", 1]
