"""The worker's plugins: loaded when it starts, and again when they have changed."""

from __future__ import annotations

import threading
import time
from importlib import metadata
from typing import Final, cast

import sfumato.plugin as sf
from sfumato.black_box import Lane
from sfumato.catalogue import Catalogue, PluginCard
from sfumato.engine.families.stable_diffusion import StableDiffusion
from sfumato.engine.plugin_import import Importer
from sfumato.engine.plugins import load
from sfumato.engine.registry import Registry
from sfumato.plugin_sources import PluginSource
from sfumato.plugin_survey import Survey
from sfumato.worker.pipe import Inbox

_WATCH_EVERY_S: Final = 1.0


class Plugins:
    """Everything that plugins contribute, as it was at the last look. [engine thread]"""

    def __init__(self, survey: Survey, lane: Lane) -> None:
        """In `lane` stands which plugin is being imported."""
        self._survey = survey
        self._lane = lane
        self._importer = Importer()
        self._sources: list[PluginSource] = []
        self.registry = Registry()
        self.refresh()

    @property
    def catalogue(self) -> Catalogue:
        """Contributions and plugins, without models."""
        return Catalogue(contributions=self.registry.cards(), plugins=tuple(dict.fromkeys(self.registry.plugins())))

    @property
    def families(self) -> list[type[sf.Family]]:
        """The families, the engine's own first."""
        found = [self.registry.get("family", card.id) for card in self.registry.cards() if card.kind == "family"]
        return cast("list[type[sf.Family]]", sorted(found, key=lambda family: family is not StableDiffusion))

    @property
    def changed(self) -> bool:
        """Whether a one-file plugin has changed since the last look, or what is disabled. [any thread]"""
        return self._survey.quick_look() != self._seen

    def refresh(self) -> bool:
        """Look for everything that is there now; true when it is not what it was."""
        self._seen = self._survey.quick_look()
        sources = self._survey.run()
        sound = all(card.state != "broken" for card in self.registry.plugins())
        if sources == self._sources and sound:
            return False
        self._sources, self.registry = sources, load(sources, self._importer, self._lane)
        _register_own_families(self.registry)
        return True

    def watch(self, inbox: Inbox) -> None:
        """Order a look soon after a one-file plugin has changed, so that forms show it before any job uses it."""
        if self._survey.folder:
            threading.Thread(target=self._watch, args=(inbox,), name="plugins", daemon=True).start()

    def _watch(self, inbox: Inbox) -> None:
        while True:
            time.sleep(_WATCH_EVERY_S)
            if self.changed:
                inbox.put(({"op": "rescan"}, b""))


def _register_own_families(registry: Registry) -> None:
    """The engine's families stand in the registry like those of any plugin."""
    intake = registry.intake(PluginCard(name="sfumato", version=metadata.version("sfumato")))
    intake.registrar("family")(StableDiffusion)
    intake.accept()
