"""How the plugin is found, and what it costs until it is used."""

from __future__ import annotations

import subprocess
import sys

from sfumato.engine.plugins import discover


def test_the_installed_distribution_owns_its_namespace():
    cards = [card for card in discover().cards() if card.plugin == "sfumato-matte"]

    assert [card.id for card in cards] == ["matte.cut-out", "matte.refine", "matte.trim"]
    for spec in (spec for card in cards for spec in card.parameters):
        assert spec.label
        assert spec.help


def test_importing_the_plugin_imports_nothing_heavy():
    script = "import sys, sfumato_matte; print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert not {"torch", "numpy", "cv2", "transformers", "PIL"} & set(shown.split())
