"""What stands in the way is said in the docker of the real Krita, and there is a way out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture(scope="module")
def faults(reports: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    return reports("faults", python="/nowhere/python", env={"TRIAL_PYTHON": sys.executable})


def test_a_missing_python_is_said_with_what_to_do(faults: dict[str, Any]) -> None:
    words = " ".join(faults["missing"])
    assert "Not installed" in words
    assert "sfumato hosts install" in words
    assert "Try again" in words
    assert faults["asked"] == []


def test_trying_again_connects(faults: dict[str, Any]) -> None:
    assert faults["ready"] == "ready"


def test_a_killed_daemon_is_noticed_and_its_job_is_still_ours_to_cancel(faults: dict[str, Any]) -> None:
    assert faults["lost"] in ("unavailable", "starting")
    assert faults["after"] == "cancelled"
