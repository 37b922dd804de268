"""The bench: what the jobs of one engine work with in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import sfumato.plugin as sf
from sfumato.engine.batching import BatchProfile
from sfumato.engine.encodings import Encodings
from sfumato.engine.events import Listener
from sfumato.engine.guard import Guard
from sfumato.engine.noise import NoiseFactory
from sfumato.engine.registry import Registry


class Models(Protocol):
    """Where models come from."""

    def load(self, model_id: str) -> sf.Family:
        """The loaded model with this id; at once if it is in memory. Raises NotFound or WeightsRefused."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Registry, models, caches, noise and the ear of the listener. `clock` counts seconds.

    `emit` is for the engine's thread. Errands use `emit_later`, which takes an event to that thread, and `wake`.
    """

    registry: Registry
    models: Models
    emit: Listener
    emit_later: Listener
    wake: Callable[[], None]
    noise: NoiseFactory
    profile: BatchProfile | None
    encodings: Encodings
    checkpoint_every_s: float
    clock: Callable[[], float]
    guard: Guard = field(default_factory=Guard)
