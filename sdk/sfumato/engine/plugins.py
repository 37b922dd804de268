"""Discovery: plugins are found by their entry points, loaded and asked for their contributions one at a time.

A plugin that cannot be imported, knows a hook that we do not, or registers something wrong is recorded with its
error and leaves nothing behind; all others live.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint
from typing import Final

import pluggy

from sfumato.catalogue import PluginCard
from sfumato.engine.registry import Intake, Registry
from sfumato.plugin import HookSpecs

GROUP: Final = "sfumato"

#: The registration hooks, in the order in which they are called, and the kind that each registers.
HOOKS: Final = {
    "sfumato_register_samplers": "sampler",
    "sfumato_register_schedules": "schedule",
    "sfumato_register_guiders": "guider",
    "sfumato_register_conditioners": "conditioner",
    "sfumato_register_preprocessors": "preprocessor",
    "sfumato_register_post_processors": "post-processor",
    "sfumato_register_families": "family",
}

#: The event hooks.
EVENTS: Final = ("sfumato_job_started", "sfumato_step", "sfumato_job_finished")


def discover(entry_points: Iterable[EntryPoint] | None = None) -> Registry:
    """The registry of everything that the installed plugins contribute; imports the plugins, but not torch.

    `entry_points` are those of the group `sfumato` unless given.
    """
    found = importlib.metadata.entry_points(group=GROUP) if entry_points is None else entry_points
    registry = Registry()
    for entry_point in sorted(found, key=lambda point: (point.name, point.value)):
        _load(entry_point, registry.intake(_card(entry_point)))
    return registry


def _card(entry_point: EntryPoint) -> PluginCard:
    if entry_point.dist is None:
        return PluginCard(name=entry_point.name, version="")
    return PluginCard(name=entry_point.dist.name, version=entry_point.dist.version)


def _load(entry_point: EntryPoint, intake: Intake) -> None:
    try:
        _register(entry_point.load(), entry_point.name, intake)
    except Exception as error:
        intake.refuse(f"{entry_point.name} = {entry_point.value}: {type(error).__name__}: {error}")
    else:
        intake.accept()


def _register(plugin: object, name: str, intake: Intake) -> None:
    # A manager of its own: check_pending and the hook calls then concern this plugin alone.
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(HookSpecs)
    manager.register(plugin, name)
    manager.check_pending()
    _refuse_unmarked(plugin, manager)
    for hook, kind in HOOKS.items():
        getattr(manager.hook, hook)(register=intake.registrar(kind))
    for hook in EVENTS:
        # Past pluggy at the time of the event: ten plugins must not cost a step more than microseconds.
        for implementation in getattr(manager.hook, hook).get_hookimpls():
            takes = "occasion" in implementation.argnames
            intake.observe(hook, implementation.function if takes else _without_argument(implementation.function))


def _without_argument(hook: Callable[[], None]) -> Callable[[object], None]:
    """Pluggy lets an implementation leave out arguments that it does not need."""
    return lambda _: hook()


def _refuse_unmarked(plugin: object, manager: pluggy.PluginManager) -> None:
    marked = {caller.name for caller in manager.get_hookcallers(plugin) or ()}
    for name in dir(plugin):
        if (name in HOOKS or name in EVENTS) and name not in marked:
            raise ValueError(f"{name} is not marked; put @sfumato.plugin.hookimpl above it")
