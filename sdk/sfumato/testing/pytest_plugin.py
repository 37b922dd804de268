"""A pytest plugin: what the kit works with, as fixtures. `conformance_tests` needs none of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import sfumato.plugin as sf
    from sfumato.testing.mixture import Mixture
    from sfumato.testing.pictures import StandInWork
    from sfumato.testing.studio import Studio


@pytest.fixture
def sfumato_mixture() -> Mixture:
    """A Gaussian mixture whose denoiser, ODE and distribution are known in closed form."""
    from sfumato.testing.mixture import Mixture

    return Mixture()


@pytest.fixture
def sfumato_picture() -> Callable[..., sf.Image]:
    """Makes a picture: `sfumato_picture(seed, width_px, height_px, channels)`; all but the seed may be left out."""
    from sfumato.testing.pictures import picture

    return picture


@pytest.fixture
def sfumato_work() -> Callable[..., StandInWork]:
    """Makes what a processor works with, outside of the engine: `sfumato_work(images={...}, mask=..., cancel_at=3)`."""
    from sfumato.testing.pictures import StandInWork
    from sfumato.testing.studio import recipe

    def made(seed: int = 0, **options: Any) -> StandInWork:
        return StandInWork(**{"recipe": recipe(seed), "seed": seed, "images": {}, **options})

    return made


@pytest.fixture
def sfumato_studio() -> Callable[..., Studio]:
    """Makes an engine with the kit's stand-in as its model, and these contributions beside the built-in ones.

    `sfumato_studio(Swirl).latents(recipe(0, sampler=Selection(id="acme.swirl")), {})`
    """
    from sfumato.catalogue import PluginCard
    from sfumato.engine.plugins import discover
    from sfumato.testing.plugin_source import everyone_else
    from sfumato.testing.studio import Studio

    def made(*contributions: type[sf.Contribution]) -> Studio:
        registry = discover(everyone_else(""))
        intake = registry.intake(PluginCard(name="under-test", version=""))
        for contribution in contributions:
            intake.registrar(contribution.kind)(contribution)
        intake.accept()
        return Studio(registry)

    return made
