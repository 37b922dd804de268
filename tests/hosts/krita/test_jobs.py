"""What an artist does with the docker in the real Krita, with a real daemon and Ground."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

DEPTHS = ["U8", "U16", "F32"]


@pytest.fixture(scope="module")
def jobs(reports: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    return reports("jobs")


@pytest.mark.parametrize("depth", DEPTHS)
def test_variations_are_looked_at_without_a_trace_and_one_is_applied(jobs: dict[str, Any], depth: str) -> None:
    said = jobs["depths"][depth]["generate"]
    assert (said["results"], said["seeds_follow"]) == (2, 1)
    assert said["looking_changes_nothing"]
    assert said["new_layers"] == [said["title"]]
    assert said["exact"]
    assert said["below_same"]
    assert said["one_step"]


@pytest.mark.parametrize("depth", DEPTHS)
def test_refining_changes_the_canvas_as_strength_says(jobs: dict[str, Any], depth: str) -> None:
    said = jobs["depths"][depth]["refine"]
    assert 0 < said["little"] < said["much"] / 2


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_feathered_selection_is_filled_and_no_byte_changes_outside(jobs: dict[str, Any], depth: str) -> None:
    said = jobs["depths"][depth]["fill"]
    assert said["outside_same"]
    assert said["inside_changed"] > 500
    assert said["clear_share"] > 0.2
    assert said["soft_pixels"] > 100
    assert said["below_same"]
    assert said["one_step"]


def test_a_seamless_picture_goes_on_at_its_own_edge(jobs: dict[str, Any]) -> None:
    side_px = jobs["tile"]["side_px"]
    drawn = np.frombuffer(Path(jobs["tile"]["path"]).read_bytes(), np.uint8).reshape(side_px, side_px, 4)[..., :3]
    for axis in (0, 1):
        steps = np.abs(np.diff(drawn.astype(float), axis=axis, append=np.take(drawn, [0], axis))).mean((1 - axis, 2))
        assert steps[-1] <= 1.15 * np.percentile(steps[:-1], 99)


def test_a_processor_of_the_catalogue_works_on_the_active_layer(jobs: dict[str, Any]) -> None:
    said = jobs["process"]
    assert (said["state"], said["fault"]) == ("succeeded", "None")
    assert said["results"] >= 1


def test_a_job_is_cancelled_by_its_own_button_and_no_other(jobs: dict[str, Any]) -> None:
    assert jobs["cancel"] == {"queue": 2, "long": "cancelled", "short": "succeeded"}


def test_a_result_goes_where_it_was_asked_for(jobs: dict[str, Any]) -> None:
    assert jobs["moment"] == {"first": 3, "second_same": True}


def test_jobs_of_a_closed_document_are_shown_and_fetched_or_dismissed(jobs: dict[str, Any]) -> None:
    said = jobs["orphans"]
    assert "For documents that are not open" in said["words"]
    assert "slate" in said["words"]
    assert (said["fetched"], said["queue"]) == (["slate"], 0)


def test_settings_prompts_and_results_come_back_with_the_file(jobs: dict[str, Any]) -> None:
    assert jobs["reopen"] == {
        "prompt": "cracked earth",
        "shown_prompt": "cracked earth",
        "negative": "water",
        "steps": 2,
        "prompts": ["cracked earth"],
        "results": 1,
        "same_pixels": True,
        "same_recipe": True,
    }


@pytest.mark.parametrize("mode", ["expand", "remove", "replace"])
def test_other_modes_keep_to_the_selection_too(jobs: dict[str, Any], mode: str) -> None:
    said = jobs["modes"][mode]
    assert said["outside_same"]
    assert said["inside_changed"] > 500
    assert said["one_step"]


def test_outpainting_covers_what_was_transparent_and_leaves_the_rest(jobs: dict[str, Any]) -> None:
    assert jobs["modes"]["outpaint"] == {"painted": 255, "kept": 0}


def test_a_preset_takes_a_way_of_working_to_another_document(jobs: dict[str, Any]) -> None:
    assert jobs["presets"] == {"steps": 7, "tile": "x"}


@pytest.mark.parametrize("depth", DEPTHS)
def test_painting_live_follows_strokes_and_rests_while_nothing_changes(jobs: dict[str, Any], depth: str) -> None:
    said = jobs["depths"][depth]["live"]
    assert said["still"]
    assert said["differs"]
    assert said["layer"] == ["Live"]
    assert said["exact"]
    assert said["one_step"]
    assert said["off"]


def test_painting_live_follows_into_another_document_until_a_job_is_asked_for(jobs: dict[str, Any]) -> None:
    assert jobs["live_elsewhere"] == {"on": False, "mode": "generate", "layers_same": True}


def test_what_cannot_be_asked_for_is_said_in_the_docker(jobs: dict[str, Any]) -> None:
    assert "Select something first: Fill works inside a selection." in jobs["refusals"]


def test_only_what_is_needed_of_a_large_canvas_is_captured(jobs: dict[str, Any]) -> None:
    assert jobs["large"]["bounds"] == [1000, 1000, 1024, 1024]
