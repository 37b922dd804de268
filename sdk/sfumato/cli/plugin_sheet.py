"""What can be known of plugins without importing any: their metadata, and what the last worker said of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sfumato import places
from sfumato.catalogue import Catalogue, ContributionCard, PluginCard, nearest
from sfumato.errors import NotFound
from sfumato.plugin_sources import PluginSource
from sfumato.plugin_states import DISABLED, SET_ASIDE, normal
from sfumato.plugin_survey import Survey

#: The state of a plugin that no worker has seen.
NOT_LOADED: Final = "not loaded yet"
_LOADS: Final = "the worker loads it when it starts, or at `sfumato plugins reload`"
_LEFT_OUT: Final = (DISABLED, SET_ASIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One plugin: what is installed now, and `contributions` as the last worker reported them."""

    name: str
    version: str
    state: str
    error: str = ""
    entry_points: tuple[str, ...] = ()
    path: str = ""
    contributions: tuple[ContributionCard, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        rows = [{"id": card.id, "kind": card.kind, "label": card.label} for card in self.contributions]
        facts = {name: getattr(self, name) for name in ("name", "version", "state", "error", "path")}
        return {**facts, "entry_points": list(self.entry_points), "contributions": rows}


def sheets() -> list[Sheet]:
    """Every plugin that is installed, then those that only the last worker knew: files of the daemon's folder."""
    catalogue = last_catalogue()
    sources = _survey().run()
    found = [_sheet(source, catalogue) for source in sources]
    known = {source.key for source in sources}
    return found + [_of_card(card, catalogue) for card in catalogue.plugins if normal(card.name) not in known]


def sheet(name: str) -> Sheet:
    """One plugin by any spelling of its name. Raises NotFound, with the nearest one."""
    known = {normal(each.name): each for each in sheets()}
    if normal(name) not in known:
        said = f"no plugin {name!r}{nearest(normal(name), known)}; `sfumato plugins list` shows what there is"
        raise NotFound(said, plugin=name)
    return known[normal(name)]


def last_catalogue() -> Catalogue:
    """What the last worker reported; empty where there never was one, or its file cannot be read."""
    try:
        return Catalogue.from_json(json.loads(catalogue_path().read_bytes()))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return Catalogue()


def catalogue_path() -> Path:
    """Where the daemon keeps it."""
    return places.data_dir() / places.CATALOGUE_FILE


def faults() -> Iterator[Sheet]:
    """The plugins with which something is not in order."""
    return (each for each in sheets() if each.state in ("broken", SET_ASIDE))


def _survey() -> Survey:
    """Where plugins are looked for; one-file plugins in the folder of the daemon that runs, if it told of one."""
    survey = Survey.of_environment()
    try:
        told = json.loads((places.runtime_dir() / places.ANNOUNCEMENT_FILE).read_bytes())["plugins_dir"]
    except (OSError, ValueError, KeyError):
        return survey
    return replace(survey, folder=Path(told)) if told else survey


def _sheet(source: PluginSource, catalogue: Catalogue) -> Sheet:
    whole = Sheet(
        name=source.name,
        version=source.version,
        state=source.state or NOT_LOADED,
        error=source.error or ("" if source.state else _LOADS),
        entry_points=tuple(f"{point.name} = {point.value}" for point in source.entry_points),
        path=str(source.path or ""),
        contributions=_contributions(source.name, catalogue),
    )
    card = next((card for card in catalogue.plugins if normal(card.name) == source.key), None)
    if source.state or card is None or card.state in _LEFT_OUT:
        return whole
    if card.version != source.version and not source.path:
        said = f"the last worker had {card.version}; `sfumato stop`, and the daemon starts again with {source.version}"
        return replace(whole, state=card.state, error=f"{card.error}; {said}" if card.error else said)
    return replace(whole, state=card.state, error=card.error)


def _of_card(card: PluginCard, catalogue: Catalogue) -> Sheet:
    contributions = _contributions(card.name, catalogue)
    return Sheet(name=card.name, version=card.version, state=card.state, error=card.error, contributions=contributions)


def _contributions(name: str, catalogue: Catalogue) -> tuple[ContributionCard, ...]:
    return tuple(card for card in catalogue.contributions if card.plugin == name)
