"""An engine in the benchmark's own process, with the installed plugins and the engine's families, as the worker's."""

from __future__ import annotations

from importlib import metadata

from sfumato.catalogue import PluginCard
from sfumato.engine.bench import Models
from sfumato.engine.engine import Engine
from sfumato.engine.families.stable_diffusion import StableDiffusion
from sfumato.engine.plugins import discover


def own_engine(models: Models) -> Engine:
    """An engine that tells nobody anything."""
    registry = discover()
    intake = registry.intake(PluginCard(name="sfumato", version=metadata.version("sfumato")))
    intake.registrar("family")(StableDiffusion)
    intake.accept()
    return Engine(registry=registry, models=models, listener=lambda event: None)
