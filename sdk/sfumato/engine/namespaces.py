"""Namespaces: the word before the dot of an id belongs to one plugin, or to the files of the plugins folder together.

Of several that use one, it belongs to the one that is called like it (`color`, then `sfumato-color`), else to the
first by name. That can be told without a registry of names on some server, and does not change with load order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sfumato.plugin_sources import PluginSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A plugin and the namespaces that its contributions use."""

    source: PluginSource
    namespaces: frozenset[str]


def owners(claims: Iterable[Claim]) -> Mapping[str, PluginSource]:
    """Who owns which namespace, of claims in the order of discovery."""
    found: dict[str, PluginSource] = {}
    for claim in claims:
        for namespace in claim.namespaces:
            holder = found.get(namespace)
            if holder is None or _rank(claim.source, namespace) < _rank(holder, namespace):
                found[namespace] = claim.source
    return found


def intrusion(claim: Claim, owned: Mapping[str, PluginSource]) -> str | None:
    """What is wrong with a claim, naming both plugins, and what to do; None where its namespaces are its own."""
    for namespace in sorted(claim.namespaces):
        holder = owned[namespace]
        if not _same_owner(holder, claim.source):
            mine = f"{claim.source.name} {claim.source.version}".strip()
            return (
                f"plugin {mine} uses the namespace {namespace!r}, which belongs to plugin "
                f"{f'{holder.name} {holder.version}'.strip()}; its author has to give its contributions ids of its own "
                f"({claim.source.key}.NAME), or uninstall or disable one of the two"
            )
    return None


def _same_owner(one: PluginSource, other: PluginSource) -> bool:
    return one.key == other.key or (one.path is not None and other.path is not None)


def _rank(source: PluginSource, namespace: str) -> int:
    """0 for a plugin of that very name, 1 for one whose name ends with it, 2 for any other."""
    if source.key == namespace:
        return 0
    return 1 if source.path is None and source.key.endswith(f"-{namespace}") else 2
