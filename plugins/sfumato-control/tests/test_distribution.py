"""How the plugin is found, and what it costs until it is used."""

from __future__ import annotations

import subprocess
import sys

from sfumato.engine.plugins import discover


def test_the_installed_distribution_owns_its_namespace():
    cards = [card for card in discover().cards() if card.plugin == "sfumato-control"]
    names = ["blur", "canny", "depth", "lineart", "normal", "pose", "segmentation"]

    assert [card.id for card in cards if card.kind == "preprocessor"] == [f"control.{name}" for name in names]
    assert [card.id for card in cards if card.kind == "conditioner"] == ["control.net"]
    for spec in (spec for card in cards for spec in card.parameters):
        assert spec.label
        assert spec.help


def test_importing_the_plugin_imports_nothing_heavy():
    script = "import sys, sfumato_control; print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert not {"torch", "numpy", "cv2", "transformers", "diffusers", "PIL"} & set(shown.split())
