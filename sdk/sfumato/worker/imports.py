"""Imports that take seconds: those of the networks after the worker has said that it is ready, all without garbage."""

from __future__ import annotations

import gc
import importlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

log = logging.getLogger(__name__)

#: What the first job would wait for, and nothing that a worker reports needs.
_NETWORKS: Final = "sfumato.engine.families.networks"


@contextmanager
def importing() -> Iterator[None]:
    """Modules are never garbage: looking for some among them costs a quarter of the start, and later half a second."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def import_networks() -> None:
    """Import them ahead of need. What goes wrong is told again, to whoever loads a model."""
    try:
        with importing():
            importlib.import_module(_NETWORKS)
    except Exception as error:
        log.warning("the networks cannot be imported: %s", error)
