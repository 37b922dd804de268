"""What there is to choose from in a test: the built-in contributions or all installed ones, and those under test."""

from __future__ import annotations

import sfumato.plugin as sf
from sfumato.catalogue import PluginCard
from sfumato.engine.plugins import discover
from sfumato.engine.registry import Registry
from sfumato.testing.plugin_source import everyone_else


def builtins_and(*contributions: type[sf.Contribution]) -> Registry:
    """Sfumato's own contributions and these. Raises ValueError where an id is taken."""
    return taking_in(discover(everyone_else("")), *contributions)


def installed_and(*contributions: type[sf.Contribution]) -> Registry:
    """What all installed plugins contribute, and these. Raises ValueError where an id is taken."""
    return taking_in(discover(), *contributions)


def taking_in(registry: Registry, *contributions: type[sf.Contribution]) -> Registry:
    """The registry with these besides, as if a plugin named `under-test` had brought them."""
    intake = registry.intake(PluginCard(name="under-test", version=""))
    for contribution in contributions:
        intake.registrar(contribution.kind)(contribution)
    intake.accept()
    return registry
