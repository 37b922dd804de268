"""A tiny Stable Diffusion, which has attention, and Ground, which has none, each with an engine."""

from __future__ import annotations

import pytest

from sfumato.ground import weights_path
from sfumato.recipe import Selection
from sfumato.testing.families import load
from sfumato.testing.studio import recipe
from sfumato.testing.tiny_models import tiny_folder


@pytest.fixture(scope="session")
def tiny_sd(tmp_path_factory):
    return load(tiny_folder(tmp_path_factory.mktemp("models") / "tiny-sd"))


@pytest.fixture(scope="session")
def ground():
    return load(weights_path())


class Studio:
    """A workshop that draws at 64x64 in four steps with a guider."""

    def __init__(self, workshop):
        self._workshop = workshop

    def picture(self, guider, params=None):
        """The bytes of the image."""
        (made,) = self._workshop.pictures(self._recipe(guider, params))
        return made.data

    def error(self, guider, params=None):
        """What the job failed with."""
        return self._workshop.run(self._recipe(guider, params))[-1].error

    def _recipe(self, guider, params):
        selection = Selection(id=guider, params=params or {})
        return recipe(7, model=self._workshop.family.card.id, negative_prompt="", steps=4, guider=selection)


@pytest.fixture
def studio(sfumato_workshop):
    return lambda family: Studio(sfumato_workshop(family=family))


@pytest.fixture(autouse=True, scope="session")
def _one_thread(sfumato_one_thread):
    """As all tests of this plugin run."""
