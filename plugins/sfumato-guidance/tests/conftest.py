"""A tiny Stable Diffusion, which has attention, and Ground, which has none, each with an engine."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from tests.engine.families import load
from tests.engine.gaussian import Shelf
from tests.engine.tiny import tiny_folder

from sfumato.catalogue import PluginCard
from sfumato.engine.engine import Engine
from sfumato.engine.events import Ended, ImageReady
from sfumato.engine.families.stable_diffusion import StableDiffusion
from sfumato.engine.plugins import discover
from sfumato.ground import weights_path
from sfumato.recipe import Recipe, Selection


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def tiny_sd(tmp_path_factory):
    return load(tiny_folder(tmp_path_factory.mktemp("models") / "tiny-sd"))


@pytest.fixture(scope="session")
def ground():
    return load(weights_path())


class Studio:
    """An engine with one model, which draws at 64x64 in four steps."""

    def __init__(self, family):
        registry = discover()
        if StableDiffusion.id not in {card.id for card in registry.cards()}:
            intake = registry.intake(PluginCard(name="test-plugin", version=""))
            intake.registrar("family")(StableDiffusion)
            intake.accept()
        self.events = []
        self.family = family
        self.engine = Engine(registry=registry, models=Shelf(family), listener=self.events.append)

    def run(self, guider, params=None, **changes):
        """The events of one job."""
        plain = Recipe(
            model=self.family.card.id,
            prompt="red brick wall",
            width_px=64,
            height_px=64,
            seed=7,
            steps=4,
            sampler=Selection(id="sfumato.euler"),
            schedule=Selection(id="sfumato.karras"),
            guider=Selection(id=guider, params=params or {}),
        )
        self.events.clear()
        self.engine.submit("job", replace(plain, **changes))
        while self.engine.turn():
            pass
        return list(self.events)

    def picture(self, guider, params=None, **changes):
        """The bytes of the image."""
        events = self.run(guider, params, **changes)
        assert isinstance(events[-1], Ended)
        assert events[-1].outcome == "succeeded", events[-1].error
        return next(event.pixels.data for event in events if isinstance(event, ImageReady))

    def error(self, guider, params=None):
        """What the job failed with."""
        return self.run(guider, params)[-1].error


@pytest.fixture
def studio():
    return Studio
