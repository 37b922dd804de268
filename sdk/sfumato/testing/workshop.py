"""The whole engine without a worker around it: jobs from their recipes to their finished images, and all it tells."""

from __future__ import annotations

import itertools
import threading
from typing import Any, Final

import sfumato.plugin as sf
from sfumato.engine.engine import Engine
from sfumato.engine.events import Ended, Event, ImageReady
from sfumato.engine.registry import Registry
from sfumato.images import Pixels

#: How long a job may be busy beside the engine's turns, in a post-processor, before something must be wrong.
_PATIENCE_S: Final = 300.0


class Shelf:
    """Models that are in memory already, by the ids of their cards."""

    def __init__(self, *families: sf.Family) -> None:
        self._families = {family.card.id: family for family in families}

    def load(self, model_id: str) -> sf.Family:
        """The model. Raises KeyError for one that is not here."""
        return self._families[model_id]


class Workshop:
    """An engine with one model, and everything that it told: `told` has the events of all jobs, in their order.

    `options` are those of `sfumato.engine.engine.Engine`.
    """

    def __init__(self, registry: Registry, family: sf.Family, **options: Any) -> None:
        self.family = family
        self.told: list[Event] = []
        self._roused = threading.Event()
        self.engine = Engine(
            registry=registry,
            models=Shelf(family),
            listener=self._note,
            wake=self._roused.set,
            **options,
        )
        self._ids = itertools.count()

    def _note(self, event: Event) -> None:
        self.told.append(event)

    def run(self, *args: Any, **kwargs: Any) -> list[Event]:
        """Submit one job as `Engine.submit` takes it, work until nothing is left, and return its events."""
        job_id = f"job-{next(self._ids)}"
        self.engine.submit(job_id, *args, **kwargs)
        while self.turn() or not isinstance(self.of(job_id)[-1], Ended):
            pass
        return self.of(job_id)

    def turn(self) -> bool:
        """Let the engine work, or wait for what goes on beside it; false when it has nothing left to do."""
        self._roused.clear()
        if self.engine.turn():
            return True
        if {event.job_id for event in self.told} - {event.job_id for event in self.told if isinstance(event, Ended)}:
            assert self._roused.wait(_PATIENCE_S), f"nothing was told for {_PATIENCE_S:g} s"
        return False

    def of(self, job_id: str) -> list[Event]:
        """The events of one job."""
        return [event for event in self.told if event.job_id == job_id]

    def pictures(self, *args: Any, **kwargs: Any) -> list[Pixels]:
        """All images and layers of one job, which must succeed."""
        events = self.run(*args, **kwargs)
        ended = events[-1]
        assert isinstance(ended, Ended)
        assert ended.outcome == "succeeded", ended.error
        return [event.pixels for event in events if isinstance(event, ImageReady)]
