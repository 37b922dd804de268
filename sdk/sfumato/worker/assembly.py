"""The worker put together: plugins, models, engine and pipe. The one place where engine and plugins meet."""

from __future__ import annotations

import platform
from dataclasses import replace
from importlib import metadata
from io import FileIO
from pathlib import Path
from typing import BinaryIO, cast

import torch

import sfumato.plugin as sf
from sfumato.catalogue import Catalogue, PluginCard
from sfumato.engine.engine import Engine
from sfumato.engine.families.stable_diffusion import StableDiffusion
from sfumato.engine.model_store import ModelStore
from sfumato.engine.plugins import discover
from sfumato.engine.registry import Registry
from sfumato.ground import weights_path
from sfumato.places import data_dir
from sfumato.provenance import picture_texts
from sfumato.worker.imports import import_networks
from sfumato.worker.loop import Worker
from sfumato.worker.pipe import Inbox
from sfumato.worker.reporter import Reporter


def assemble(orders: BinaryIO, reports: FileIO) -> Worker:
    """A worker for the front that writes `orders` and reads `reports`, with every plugin that is installed."""
    release = metadata.version("sfumato")
    registry = discover()
    _register_own_families(registry, PluginCard(name="sfumato", version=release))
    families = [registry.get("family", card.id) for card in registry.cards() if card.kind == "family"]
    models = ModelStore(data_dir(), built_in=_built_in_models(), families=cast("list[type[sf.Family]]", families))
    plugins = tuple(dict.fromkeys(registry.plugins()))
    fixed = Catalogue(contributions=registry.cards(), plugins=plugins)
    inbox = Inbox(orders)
    reporter = Reporter(reports, lambda recipe: picture_texts(recipe, fixed, software=f"sfumato {release}"))
    return Worker(
        # Without a batch profile: an image that shared its network calls would not come again byte for byte alone.
        engine=Engine(registry=registry, models=models, listener=reporter, wake=inbox.wake),
        models=models,
        catalogue=lambda: replace(fixed, models=models.cards()),
        inbox=inbox,
        reporter=reporter,
        warm_up=import_networks,
    )


def _register_own_families(registry: Registry, owner: PluginCard) -> None:
    """The engine's families stand in the registry like those of any plugin."""
    intake = registry.intake(owner)
    intake.registrar("family")(StableDiffusion)
    intake.accept()


def device_in_words() -> str:
    """The device that the engine computes on."""
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    if torch.backends.mps.is_available():
        return "Apple GPU"
    threads = torch.get_num_threads()
    return f"CPU ({platform.machine()}, {threads} {'thread' if threads == 1 else 'threads'})"


def _built_in_models() -> dict[str, Path]:
    """Ground, where its weights came with the package."""
    return {"ground": weights_path()} if weights_path().is_dir() else {}
