"""How the plugin is found, what its forms say, what it costs until it is used, and that its README is true."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sfumato.engine.plugins import discover

README = Path(__file__).parents[1] / "README.md"


def test_the_installed_distribution_owns_its_namespace():
    cards = [card for card in discover().cards() if card.plugin == "sfumato-guidance"]
    names = ["cfg-zero", "dynamic-thresholding", "pag", "slg"]

    assert [card.id for card in cards] == [f"guidance.{name}" for name in names]
    for spec in (spec for card in cards for spec in card.parameters):
        assert spec.label
        assert spec.help
        assert spec.choices or spec.minimum is not None
        assert spec.depends_on in {"", *(each.id for card in cards for each in card.parameters)}


def test_importing_the_plugin_imports_nothing_heavy():
    script = "import sys, sfumato_guidance; print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert not {"torch", "numpy", "diffusers"} & set(shown.split())


def test_the_readmes_example(sfumato_home, sfumato_examples):
    sfumato_examples(README)

    assert (sfumato_home / "moss.png").read_bytes().startswith(b"\x89PNG")
