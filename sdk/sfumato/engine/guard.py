"""The guard over plugins at work: everybody can see which hook runs, and what it must leave alone is left alone."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass
from functools import lru_cache
from typing import Any, Final

import torch

from sfumato.black_box import OWN, BlackBox, Hook, Lane
from sfumato.black_box import encoded as encoded_hook
from sfumato.engine import global_generators
from sfumato.engine.registry import Registry
from sfumato.plugin import Occasion

log = logging.getLogger(__name__)

#: Hooks that load networks: building one fills it with numbers from torch's generator, which its weights replace.
_LOADING: Final = frozenset({"__init__", "load", "prepare", "map", "process"})


@dataclass(slots=True, kw_only=True)
class Guard:
    """What the hooks of one engine's jobs share."""

    box: BlackBox = field(default_factory=BlackBox)
    _marks: global_generators.Marks | None = None

    @property
    def lane(self) -> Lane:
        """The lane of the engine's thread."""
        return self.box.engine

    def begin_turn(self) -> None:
        """Whoever owns the process may have drawn since the last turn. [engine thread]"""
        self._marks = None

    @property
    def marks(self) -> global_generators.Marks:
        """The global generators as they were in this turn: what a hook draws is undone behind it. [engine thread]"""
        if self._marks is None:
            self._marks = global_generators.mark()
        return self._marks

    def undo_draws(self, marks: global_generators.Marks, hook: Hook) -> str:
        """Set the global generators back; what `hook` is to be told, empty where it did no wrong."""
        drawn = global_generators.restore(marks)
        if not drawn:
            return ""
        said = (
            f"drew from the global generator of {' and '.join(drawn)}, expected noise from the seeded one it is given"
        )
        if hook.hook in _LOADING and drawn == ("torch",):
            return ""
        if self.box.errands_under_way > (hook.hook in {"map", "process"}):
            log.warning("while several plugins were at work, one of them %s; plugin %s may be it", said, hook.plugin)
            return ""
        return said

    def tell(self, registry: Registry, event: str, occasion: Occasion) -> None:
        """Call an event hook of every plugin that has it; one that raises is reported, and no one else's matter."""
        observers = registry.observers(event)
        if not observers:
            return
        marks = self.marks
        for plugin, observer in observers:
            self.lane.enter(_event(occasion.job_id, plugin.name, plugin.version, event), occasion.step_index)
            try:
                observer(occasion)
            except BaseException:  # SystemExit too: it is no one else's matter
                log.exception("plugin %s %s, %s() raised", plugin.name, plugin.version, event)
            finally:
                self.lane.leave()
        if drawn := global_generators.restore(marks):
            names = ", ".join(plugin.name for plugin, _ in observers)
            log.warning("plugin %s, %s() drew from the global generator of %s", names, event, " and ".join(drawn))

    @contextmanager
    def errand(self, hook: Hook) -> Iterator[Lane]:
        """A thread of its own is at work in `hook` meanwhile. Raises PluginError. [errand's thread]"""
        with self.box.errand() as lane:
            marks = global_generators.mark()
            lane.enter(encoded_hook(hook), None)
            yield lane
            if said := self.undo_draws(marks, hook):
                raise hook.fault(said)


@lru_cache(1024)
def _event(job_id: str, plugin: str, version: str, event: str) -> bytes:
    return encoded_hook(Hook(job=job_id, plugin=plugin, version=version, hook=event))


def is_foreign(hook: Hook) -> bool:
    """Whether the hook is a plugin's, and not ours."""
    return hook.plugin != OWN


def versions(inputs: Mapping[str, Any]) -> list[int]:
    """How often each of the inputs was changed in place; what torch does not count is 0."""
    return [_version(value) for value in inputs.values()]


def _version(value: Any) -> int:
    if type(value) is torch.Tensor:  # most often, and the quickest way
        return 0 if value.is_inference() else value._version
    return sum(0 if each.is_inference() else each._version for each in tensors_in(value))


def is_finite(value: Any) -> bool:
    """Whether all numbers in all tensors of something are."""
    return all(bool(torch.isfinite(each).all()) for each in tensors_in(value))


def tensors_in(value: Any) -> Sequence[torch.Tensor]:
    """The tensors in a tensor, sequence, mapping or dataclass."""
    if isinstance(value, torch.Tensor):
        return (value,)
    if value is None or isinstance(value, (str, float, int)):
        return ()
    if isinstance(value, Mapping):
        value = value.values()
    elif is_dataclass(value) and not isinstance(value, type):
        value = [getattr(value, each.name) for each in fields(value)]
    elif not isinstance(value, (list, tuple)):
        return ()
    return [tensor for each in value for tensor in tensors_in(each)]
