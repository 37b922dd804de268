"""Loading: plugins are imported and asked for their contributions one at a time.

A plugin that cannot be imported, knows a hook that we do not, or registers something wrong is recorded with its
error and leaves nothing behind; all others live.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from importlib.metadata import EntryPoint
from typing import Final

import pluggy

from sfumato import plugin_sources
from sfumato.black_box import BlackBox, Hook, Lane, encoded
from sfumato.catalogue import PluginCard
from sfumato.engine.namespaces import Claim, intrusion, owners
from sfumato.engine.plugin_faults import InvalidPlugin, told, unknown_hook
from sfumato.engine.plugin_import import Importer
from sfumato.engine.registry import Intake, Registry
from sfumato.plugin import HookSpecs
from sfumato.plugin_sources import GROUP, PluginSource

log = logging.getLogger(__name__)

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

_KNOWN: Final = (*HOOKS, *EVENTS)


def discover(entry_points: Iterable[EntryPoint] | None = None) -> Registry:
    """The registry of everything that installed plugins contribute; imports the plugins, but not torch.

    `entry_points` are those of the group `sfumato` unless given.
    """
    of_group = plugin_sources.installed() if entry_points is None else plugin_sources.of_entry_points(entry_points)
    return load(of_group, Importer())


def load(sources: Iterable[PluginSource], importer: Importer, lane: Lane | None = None) -> Registry:
    """The registry of what these plugins contribute, and of what is wrong with those that contribute nothing.

    In `lane` stands whose turn it is.
    """
    lane = lane or BlackBox().engine
    registry = Registry()
    loaded = [_taken_in(source, registry, importer, lane) for source in sources]
    claims = {
        intake: Claim(source=source, namespaces=intake.namespaces) for source, intake, fault in loaded if not fault
    }
    owned = owners(claims.values())
    for source, intake, fault in loaded:
        if reason := fault or intake.clash() or intrusion(claims[intake], owned):
            intake.refuse(reason, state=source.state or "broken")
        else:
            intake.accept()
    return registry


def _taken_in(
    source: PluginSource, registry: Registry, importer: Importer, lane: Lane
) -> tuple[PluginSource, Intake, str]:
    """The plugin's contributions, not yet in the registry, and its fault if it has one."""
    card = PluginCard(name=source.name, version=source.version)
    if source.state:
        return source, registry.intake(card), source.error
    intake = registry.intake(replace(card, version=importer.version(source)))
    lane.enter(encoded(Hook(plugin=source.name, version=source.version, hook="import")), None)
    try:
        for name, plugin in importer.plugins(source):
            _register(plugin, name, intake)
    except KeyboardInterrupt:  # which ends the process: it stays in the lane
        raise
    except BaseException as error:  # SystemExit and worse: an import may do anything
        fault = told(source, error)
        if not isinstance(error, InvalidPlugin):
            log.warning("plugin %s cannot be loaded", source.name, exc_info=error)
        lane.leave()
        return source, intake, fault
    lane.leave()
    return source, intake, ""


def _register(plugin: object, name: str, intake: Intake) -> None:
    # A manager of its own: its hook calls then concern this plugin alone.
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(HookSpecs)
    _check_hooks(plugin, manager)
    try:
        manager.register(plugin, name)
    except pluggy.PluginValidationError as error:
        said = " ".join(str(error).split())
        raise InvalidPlugin(f"{said}; take the hook's arguments from sfumato.plugin.HookSpecs") from error
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


def _check_hooks(plugin: object, manager: pluggy.PluginManager) -> None:
    """Raise InvalidPlugin for a hook that is unknown, not marked, or no plain function."""
    for name, hook, marks in _hooks(plugin, manager):
        if marks is None:
            raise InvalidPlugin(f"{name} is not marked; put @sfumato.plugin.hookimpl above it")
        known = (marks["specname"] or name) in _KNOWN
        if not known and not marks["optionalhook"]:
            raise unknown_hook(name, _KNOWN)
        odd = inspect.iscoroutinefunction(hook) or inspect.isgeneratorfunction(hook)
        if odd or marks["wrapper"] or marks["hookwrapper"]:
            raise InvalidPlugin(f"{name} is asynchronous, a generator or a wrapper; make it a plain function")


def _hooks(plugin: object, manager: pluggy.PluginManager) -> Iterator[tuple[str, object, pluggy.HookimplOpts | None]]:
    """Everything in a plugin that is, or looks like, a hook; with its marks, None where it has none."""
    for name in dir(plugin):
        marks = manager.parse_hookimpl_opts(plugin, name)
        if marks is not None or name in _KNOWN:
            yield name, getattr(plugin, name), marks
