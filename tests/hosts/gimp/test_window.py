"""The window that stays open, in a GIMP with its own windows under Xvfb, against a real daemon with Ground."""

import pytest


@pytest.fixture(scope="module")
def found(gimp):
    return gimp.run("window_checks.py", window=True)


def test_results_are_looked_at_on_the_canvas_applied_and_undone_in_one_step(found):
    looked = found["look_apply_undo"]

    assert looked["tiles"] == 2
    assert looked["shown"]
    assert looked["other"]
    assert looked["hidden"]
    assert looked["applied"] == ["mossy red brick wall [6]", "own", "painted"]
    assert looked["state"] == ["new", "applied"]
    assert looked["undone"] == ["own", "painted"]
    assert looked["restored"]
    assert looked["undone again"] == ["painted"]
    assert looked["below"]


@pytest.mark.parametrize("depth", ["8-bit", "16-bit", "float"])
def test_filling_a_feathered_selection_changes_not_one_byte_outside_and_sticks_to_its_image(found, depth):
    filled = found[f"fill {depth}"]

    assert filled["outside"] == 0
    assert filled["inside"] > 0.6
    assert (filled["below"], filled["other image"], filled["recipe"]) == (True, True, True)


def test_cancel_in_the_queue_stops_this_job_and_no_other(found):
    assert found["cancel"] == {"rows": 2, "states": ["cancelled", "succeeded"], "images": [0, 1]}


@pytest.mark.parametrize("depth", ["8-bit", "float"])
def test_live_painting_follows_each_stroke_and_rests_while_nothing_changes(found, depth):
    live = found[f"live {depth}"]

    assert live["frames"] == [1, 0]
    assert len(live["strokes_s"]) == 3
    assert live["refreshed"]
    assert live["kept"] == ["Live", "painted"]
    assert (live["below"], live["off"]) == (True, True)


def test_painting_live_ends_where_another_mode_is_chosen(found):
    assert found["live_ends_with_its_mode"] == [[False, True]] * 2


def test_settings_prompts_and_results_come_back_with_the_xcf(found):
    assert found["save_and_reopen"] == {
        "prompt": "old wood planks",
        "seed": [11, True],
        "prompts": ["old wood planks"],
        "entries": 2,
        "waiting": 1,
        "placeholder": True,
        "same": True,
        "layers": 2,
    }


def test_a_layer_goes_through_a_processor_of_the_catalogue(found):
    assert found["process_layer"] == {"state": "succeeded", "results": 1}


def test_every_contribution_of_the_catalogue_has_a_form(found):
    made, listed, cut = found["forms"]

    assert made == listed > 20
    assert cut == []


def test_a_missing_selection_and_a_missing_python_are_told_in_words(found):
    assert found["refusal_in_words"] == ["Select something first: Fill works inside a selection.", True]
    state, words, button = found["not_installed"]
    assert (state, button) == ("missing", "Try again")
    assert "sfumato hosts install" in words


def test_a_job_of_a_closed_image_waits_for_it_to_be_opened_again(found):
    assert found["closed_image"] == {"waiting": [True], "seen": True, "notice": "", "left": [0, False]}


def test_a_job_of_a_closed_image_can_be_fetched_into_another(found):
    assert found["fetched_into_another"] == [True, True, False]


def test_presets_that_cannot_be_written_are_told(found):
    words, seen = found["presets_without_a_folder"]

    assert words.startswith("The presets could not be written: ")
    assert seen


def test_the_procedure_opens_a_window_that_stays_until_it_is_closed(found):
    assert found["open_and_close"] == ["success", True]


def test_a_procedure_s_dialog_draws_and_its_repetition_can_be_cancelled(found):
    assert found["dialog_and_repeat"] == [["success", 1], ["cancel", 1]]


def test_neither_gimp_nor_the_window_complains(found):
    assert found.complaints == []
