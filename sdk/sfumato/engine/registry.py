"""The registry: every contribution by kind and id, and the plugin that owns it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

import sfumato.plugin as sf
from sfumato.catalogue import ContributionCard, PluginCard, nearest
from sfumato.engine.card_check import problem_with
from sfumato.errors import NotFound, PluginError
from sfumato.plugin._params import build, specs_of
from sfumato.recipe import Selection

_FAMILY_METHODS: Final = (
    "describe", "load", "encode_prompt", "latent_shape", "batch_key", "evaluate", "encode_image", "decode_latents",
    "preview", "memory",
)  # fmt: skip

#: The kinds there are, each with its base class and the methods that a contribution has to write itself.
KINDS: Final[Mapping[str, tuple[type[sf.Contribution], tuple[str, ...]]]] = MappingProxyType(
    {
        "sampler": (sf.Sampler, ("step",)),
        "schedule": (sf.Schedule, ("sigmas",)),
        "guider": (sf.Guider, ("branches", "combine")),
        "conditioner": (sf.Conditioner, ()),
        "preprocessor": (sf.Preprocessor, ("map",)),
        "post-processor": (sf.PostProcessor, ("process",)),
        "family": (sf.Family, _FAMILY_METHODS),
    }
)

#: Gets every occasion of one event hook.
Observer = Callable[[sf.Occasion], None]

_CONDITIONING: Final = ("rewrite", "condition", "restrain")
_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A contribution class and the plugin that it came from."""

    contribution: type[sf.Contribution]
    plugin: PluginCard


class Registry:
    """Contribution classes by (kind, id). Filled once by `sfumato.engine.plugins`, read ever after."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], Entry] = {}
        self._plugins: list[PluginCard] = []
        self._observers: dict[str, list[tuple[PluginCard, Observer]]] = {}

    def get(self, kind: str, contribution_id: str) -> type[sf.Contribution]:
        """The class with this id. Raises NotFound, with the nearest known id."""
        return self._entry(kind, contribution_id).contribution

    def owner(self, kind: str, contribution_id: str) -> PluginCard:
        """The plugin that registered this id. Raises NotFound."""
        return self._entry(kind, contribution_id).plugin

    def build(self, kind: str, selection: Selection, *, path: str = "") -> Any:
        """An instance with validated parameters.

        `path` is the selection's in the recipe, where that is not its kind. Raises NotFound for an unknown id,
        InvalidRecipe for wrong parameters (`sampler.params.eta`), and PluginError if the contribution itself
        cannot be made.
        """
        entry = self._entry(kind, selection.id)
        params = build(entry.contribution.Params, selection.params, field=f"{path or kind}.params")
        try:
            return entry.contribution(params)
        except Exception as error:
            plugin = entry.plugin
            said = f"{kind} {selection.id} of plugin {plugin.name} {plugin.version} cannot be made: {error!r}"
            raise PluginError(said, plugin=plugin.name, version=plugin.version, hook="__init__") from error

    def kind_of(self, kinds: Iterable[str], contribution_id: str) -> str:
        """The first of `kinds` in which there is this id. Raises NotFound."""
        known = tuple(kinds)
        return next((kind for kind in known if (kind, contribution_id) in self._entries), known[0])

    @property
    def has_observers(self) -> bool:
        """Whether any plugin has an event hook."""
        return bool(self._observers)

    def observers(self, hook: str) -> Sequence[tuple[PluginCard, Observer]]:
        """The plugins that have this event hook, each with its own."""
        return self._observers.get(hook, ())

    def cards(self) -> tuple[ContributionCard, ...]:
        """Cards of all contributions, sorted by kind and id."""
        return tuple(_card(entry) for _, entry in sorted(self._entries.items()))

    def plugins(self) -> tuple[PluginCard, ...]:
        """Every plugin that was found, in the order of discovery; a broken one says why."""
        return tuple(self._plugins)

    def intake(self, plugin: PluginCard) -> Intake:
        """Begin to take in one plugin's contributions."""
        return Intake(plugin, self._entries, self._plugins, self._observers)

    def _entry(self, kind: str, contribution_id: str) -> Entry:
        try:
            return self._entries[kind, contribution_id]
        except KeyError:
            known = [name for of_kind, name in self._entries if of_kind == kind]
            said = f"no {kind} {contribution_id!r}{nearest(contribution_id, known)}"
            raise NotFound(said, kind=kind, id=contribution_id) from None


class Intake:
    """One plugin's contributions on their way into the registry: all of them, or none."""

    def __init__(
        self,
        plugin: PluginCard,
        entries: dict[tuple[str, str], Entry],
        plugins: list[PluginCard],
        observers: dict[str, list[tuple[PluginCard, Observer]]],
    ) -> None:
        self._plugin, self._entries, self._plugins, self._observers = plugin, entries, plugins, observers
        self._taken: dict[tuple[str, str], Entry] = {}
        self._watching: list[tuple[str, Observer]] = []

    def registrar(self, kind: str) -> sf.Register:
        """The `register` that the hook of this kind gets. It raises ValueError on a wrong or duplicate class."""

        def register(contribution: type[sf.Contribution]) -> None:
            _check(kind, contribution)
            key, entry = (kind, contribution.id), Entry(contribution=contribution, plugin=self._plugin)
            if problem := problem_with(_card(entry)):
                raise ValueError(f"{kind} {contribution.id!r} cannot be shown by any host: {problem}")
            if holder := self._entries.get(key) or self._taken.get(key):
                raise ValueError(_duplicate(kind, contribution, self._plugin, holder))
            self._taken[key] = entry

        return register

    def observe(self, hook: str, observer: Observer) -> None:
        """The plugin has an event hook."""
        self._watching.append((hook, observer))

    @property
    def namespaces(self) -> frozenset[str]:
        """The words before the dot in the ids of its contributions."""
        return frozenset(name.partition(".")[0] for _, name in self._taken)

    def clash(self) -> str | None:
        """The error for the first of its ids that another plugin holds by now; None where it has all to itself."""
        for key, entry in self._taken.items():
            if holder := self._entries.get(key):
                return _duplicate(key[0], entry.contribution, self._plugin, holder)
        return None

    def accept(self) -> None:
        """The plugin is sound: its contributions are in the registry from now on."""
        self._entries.update(self._taken)
        for hook, observer in self._watching:
            self._observers.setdefault(hook, []).append((self._plugin, observer))
        self._plugins.append(self._plugin)

    def refuse(self, reason: str, *, state: str = "broken") -> None:
        """The plugin is broken, disabled or set aside: record why, and take none of its contributions."""
        self._plugins.append(replace(self._plugin, error=reason, state=state))


def _duplicate(kind: str, contribution: type[sf.Contribution], plugin: PluginCard, holder: Entry) -> str:
    first, second = (f"{card.name} {card.version}".strip() for card in (holder.plugin, plugin))
    classes = [f"{cls.__module__}.{cls.__qualname__}" for cls in (holder.contribution, contribution)]
    return (
        f"{kind} {contribution.id!r} of plugin {second} ({classes[1]}) is already registered by plugin {first} "
        f"({classes[0]}); give it an id of its own"
    )


def _check(kind: str, contribution: Any) -> None:
    base, methods = KINDS[kind]
    if not isinstance(contribution, type) or not issubclass(contribution, base):
        raise ValueError(f"got {contribution!r} as a {kind}, expected a subclass of sfumato.plugin.{base.__name__}")
    name = f"{kind} {contribution.__module__}.{contribution.__qualname__}"
    for attribute in ("id", "label"):
        if not isinstance(getattr(contribution, attribute, None), str) or not getattr(contribution, attribute):
            raise ValueError(f"{name} has no {attribute}; set the class attribute `{attribute}` to a string")
    if not _ID.fullmatch(contribution.id):
        raise ValueError(f"{name} has id {contribution.id!r}, expected `namespace.name` in a-z, 0-9 and hyphens")
    if (contribution.kind, contribution.capability) != (base.kind, base.capability):
        said = f"{contribution.kind} with the contract {contribution.capability}"
        raise ValueError(
            f"{name} says it is a {said}; this Sfumato has {base.capability}: take the plugin's other version"
        )
    if base is sf.Sampler and not _whole(getattr(contribution, "order", None)):
        raise ValueError(f"{name} has no order; set the class attribute `order` to its order of accuracy, 1 or more")
    if base is sf.Conditioner and not any(_written(contribution, base, name) for name in _CONDITIONING):
        raise ValueError(f"{name} does nothing; define one of {', '.join(_CONDITIONING)}")
    for method in methods:
        if getattr(contribution, method) is getattr(base, method):
            raise ValueError(f"{name} does not define {method}(); see sfumato.plugin.{base.__name__}.{method}")
    _check_params(name, contribution.Params)


def _check_params(name: str, params: Any) -> None:
    if not isinstance(params, type) or not issubclass(params, sf.Params):
        raise ValueError(f"{name} has Params {params!r}, expected a subclass of sfumato.plugin.Params")
    try:
        specs_of(params)
    except TypeError as error:
        raise ValueError(f"{name} has Params that no host can show: {error}") from error


def _written(contribution: type, base: type, method: str) -> bool:
    return getattr(contribution, method) is not getattr(base, method)


def _whole(value: object) -> bool:
    return isinstance(value, int) and value >= 1


def _card(entry: Entry) -> ContributionCard:
    contribution, plugin = entry.contribution, entry.plugin
    return ContributionCard(
        id=contribution.id,
        kind=contribution.kind,
        label=contribution.label,
        description=contribution.description,
        plugin=plugin.name,
        plugin_version=plugin.version,
        capability=contribution.capability,
        parameters=specs_of(contribution.Params),
        needs=contribution.needs,
    )
