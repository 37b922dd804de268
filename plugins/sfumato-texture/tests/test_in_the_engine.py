"""How the plugin comes into the engine, and what it costs to have it installed."""

from __future__ import annotations

import subprocess
import sys

from tests.engine.gaussian import Studio, recipe

from sfumato.engine.events import ImageReady, Progressed
from sfumato.engine.plugins import discover
from sfumato.recipe import Selection


def test_the_installed_distribution_owns_its_namespace():
    cards = [card for card in discover().cards() if card.plugin == "sfumato-texture"]

    assert sorted(card.id for card in cards) == ["texture.maps", "texture.tileable"]
    for spec in (spec for card in cards for spec in card.parameters):
        assert spec.label
        assert spec.help
        assert spec.depends_on in {"", *(each.id for card in cards for each in card.parameters)}


def test_importing_it_imports_nothing_heavy():
    source = "import sys, sfumato_texture; print({'torch', 'cv2', 'OpenEXR', 'numpy', 'scipy'} & sys.modules.keys())"
    shown = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)

    assert shown.stdout.strip() == "set()"


def test_a_job_gets_a_seamless_picture_and_its_maps():
    chain = (Selection(id="texture.tileable"), Selection(id="texture.maps", params={"strength": 0.5, "height": False}))
    events = Studio().run(recipe(tile="xy", post_processors=chain))
    ready = [event for event in events if isinstance(event, ImageReady)]

    assert {event.layer: (event.pixels.mode, event.pixels.bits) for event in ready} == {
        "": ("RGB", 8),
        "albedo": ("RGB", 16),
        "normal": ("RGB", 16),
        "roughness": ("L", 16),
        "ambient-occlusion": ("L", 16),
    }
    assert {event.contribution for event in events if isinstance(event, Progressed)} >= {"texture.maps"}
