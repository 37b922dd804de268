"""The worker put together: plugins, models, engine and pipe. The one place where engine and plugins meet."""

from __future__ import annotations

import os
import platform
from dataclasses import replace
from functools import partial
from importlib import metadata
from io import FileIO
from pathlib import Path
from typing import BinaryIO

import torch

from sfumato import black_box
from sfumato.black_box import BlackBox
from sfumato.catalogue import Catalogue
from sfumato.engine.engine import Engine
from sfumato.engine.model_store import ModelStore
from sfumato.ground import weights_path
from sfumato.places import data_dir
from sfumato.plugin_survey import Survey
from sfumato.provenance import picture_texts
from sfumato.worker.imports import import_networks
from sfumato.worker.loop import Worker
from sfumato.worker.pipe import Inbox
from sfumato.worker.plugins import Plugins
from sfumato.worker.reporter import Reporter, Texts


def assemble(orders: BinaryIO, reports: FileIO) -> Worker:
    """A worker for the front that writes `orders` and reads `reports`, with every plugin that is installed."""
    box = _black_box()
    plugins = Plugins(Survey.of_environment(), box.engine)
    models = ModelStore(data_dir(), built_in=_built_in_models(), families=plugins.families)
    inbox = Inbox(orders)
    reporter = Reporter(reports, _texts_with(plugins.catalogue))
    # Without a batch profile: an image that shared its network calls would not come again byte for byte alone.
    engine = Engine(registry=plugins.registry, models=models, listener=reporter, wake=inbox.wake, black_box=box)

    def look_for_plugins(thoroughly: bool) -> bool:
        if not (thoroughly or plugins.changed) or not plugins.refresh():
            return False
        engine.use(plugins.registry)
        models.use(plugins.families)
        reporter.texts = _texts_with(plugins.catalogue)
        return True

    plugins.watch(inbox)
    return Worker(
        engine=engine,
        models=models,
        catalogue=lambda: replace(plugins.catalogue, models=models.cards()),
        inbox=inbox,
        reporter=reporter,
        warm_up=import_networks,
        look_for_plugins=look_for_plugins,
    )


def _black_box() -> BlackBox:
    """The one that the front reads; without a front that wants one, nobody does."""
    path = os.environ.get(black_box.VARIABLE)
    return BlackBox(Path(path) if path else None)


def _texts_with(catalogue: Catalogue) -> Texts:
    """What pictures say about themselves, with the plugins of this catalogue."""
    return partial(picture_texts, catalogue=catalogue, software=f"sfumato {metadata.version('sfumato')}")


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
