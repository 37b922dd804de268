"""Layers guide the drawing in the real Krita: each region by its words, a ControlNet by its picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.hosts.control_net import save_control_net


@pytest.fixture(scope="module")
def guided(reports: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    return reports("guided", furnish=lambda home: save_control_net(home / "net"))


def test_each_layer_is_drawn_by_its_own_words(guided: dict[str, Any]) -> None:
    said = guided["regions"]
    assert said["layers"]
    assert said["grass_left"][0] > said["grass_left"][1] + 20
    assert said["grass_right"][1] > said["grass_right"][0] + 20
    assert said["grass_left"][0] > said["alone"][0] + 5


def test_a_control_net_follows_the_layer_that_it_is_given(guided: dict[str, Any]) -> None:
    said = guided["control"]
    assert said["left"] > 1
    assert said["other"] > 0.05
    assert said["none"] == 0
