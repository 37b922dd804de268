"""Which plugins there are and which of them are to be loaded: the same answer for the worker and the command line.

What counts is what is installed, the folder of one-file plugins, `SFUMATO_PLUGINS` and the file of plugins that the
user disabled or the daemon set aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sfumato import places, plugin_sources, plugin_states
from sfumato.catalogue import nearest
from sfumato.plugin_sources import BUILTIN, PluginSource
from sfumato.plugin_states import DISABLED, PluginStates, normal


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Where to look. `allowed` are the names in SFUMATO_PLUGINS, None where it is not set."""

    data_dir: Path
    folder: Path | None = None
    allowed: tuple[str, ...] | None = None

    @classmethod
    def of_environment(cls) -> Survey:
        """As the environment says."""
        return cls(data_dir=places.data_dir(), folder=places.plugins_dir(), allowed=places.allowed_plugins())

    def run(self) -> list[PluginSource]:
        """Every plugin, the builtin one first, then distributions by name, then files by name."""
        states = plugin_states.read(self.data_dir)
        installed = plugin_sources.installed()
        found = [*self._allowed(installed), *_apart(plugin_sources.in_folder(self.folder), installed)]
        return [_stated(source, states) for source in found] + list(self._missing(installed))

    def quick_look(self) -> tuple[object, ...]:
        """Changes when a one-file plugin does, or the file of what is disabled; cheap enough for every job."""
        return plugin_sources.stamps(self.folder), _stamp(self.data_dir / plugin_states.FILE_NAME)

    def _allowed(self, installed: Iterable[PluginSource]) -> Iterator[PluginSource]:
        wanted = None if self.allowed is None else {BUILTIN, *map(normal, self.allowed)}
        for source in installed:
            if wanted is None or source.key in wanted:
                yield source
            else:
                said = f"{places.PLUGINS_VARIABLE} does not name it; add {source.name} there, or unset it to load all"
                yield replace(source, state=DISABLED, error=said)

    def _missing(self, installed: Iterable[PluginSource]) -> Iterator[PluginSource]:
        known = {source.key: source.name for source in installed}
        for name in self.allowed or ():
            if normal(name) not in known:
                guess = nearest(normal(name), known)
                said = (
                    f"{places.PLUGINS_VARIABLE} names {name!r}, which is not installed{guess}; "
                    f"install it or correct {places.PLUGINS_VARIABLE}"
                )
                yield PluginSource(name=name, state="broken", error=said)


def _apart(files: Iterable[PluginSource], installed: Iterable[PluginSource]) -> Iterator[PluginSource]:
    """Files that go by the name of an installed distribution, or of another file, are told and not loaded."""
    taken = {source.key: f"the distribution {source.name} {source.version}" for source in installed}
    for source in files:
        if source.key in taken:
            said = f"{source.path} has the name of {taken[source.key]}; rename the file"
            yield replace(source, state="broken", error=said)
        else:
            taken[source.key] = f"the file {source.path}"
            yield source


def _stated(source: PluginSource, states: PluginStates) -> PluginSource:
    if source.key == BUILTIN or source.state or (stated := states.of(source.name)) is None:
        return source
    return replace(source, state=stated[0], error=stated[1])


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_mtime_ns, found.st_size, found.st_ino
