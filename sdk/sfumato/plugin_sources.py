"""Plugins where they lie: installed distributions and single files, told from their metadata alone.

Nothing of a plugin is imported here, so that the command line may look at those that break.
"""

from __future__ import annotations

import importlib.metadata
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path
from typing import Final

from sfumato.plugin_states import normal

_log = logging.getLogger(__name__)

GROUP: Final = "sfumato"
#: The distribution whose plugin is always there.
BUILTIN: Final = "sfumato"
#: The version of a one-file plugin that states none.
UNVERSIONED: Final = "file"

_VERSION: Final = re.compile(r"""^__version__\s*(?::\s*str\s*)?=\s*["']([^"'\n]{1,64})["']""", re.MULTILINE)

#: Changes when a file does: path, time of change, size, inode.
Stamp = tuple[str, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginSource:
    """One plugin as it was found: a distribution with its entry points, or a file with its stamp.

    `state` is empty where it is to be loaded, else disabled, set-aside or broken; `error` then says why and what to do.
    """

    name: str
    version: str = ""
    entry_points: tuple[EntryPoint, ...] = ()
    path: Path | None = None
    stamp: Stamp | None = None
    state: str = ""
    error: str = ""

    @property
    def key(self) -> str:
        """The name in the one spelling that is compared."""
        return normal(self.name)


def installed() -> list[PluginSource]:
    """Every distribution with entry points of the group `sfumato`: the builtin one, then the others by name."""
    found: dict[str, PluginSource] = {}
    for distribution in importlib.metadata.distributions():
        source = _source_of(distribution)
        # Of two with one name the first on the path is the one that Python imports.
        if source:
            found.setdefault(source.key, source)
    return sorted(found.values(), key=lambda source: (source.key != BUILTIN, source.key))


def of_entry_points(entry_points: Iterable[EntryPoint]) -> list[PluginSource]:
    """The same from entry points that somebody has at hand; one without a distribution stands for itself."""
    grouped: dict[tuple[str, str], list[EntryPoint]] = {}
    for point in entry_points:
        owner = (point.dist.name, point.dist.version) if point.dist else (point.name, "")
        grouped.setdefault(owner, []).append(point)
    found = [_source(name, version, points) for (name, version), points in grouped.items()]
    return sorted(found, key=lambda source: (source.key != BUILTIN, source.key))


def in_folder(folder: Path | None) -> list[PluginSource]:
    """The one-file plugins of a folder, by name. A folder that is not there has none."""
    found = []
    for stamp in stamps(folder):
        path = Path(stamp[0])
        found.append(PluginSource(name=path.stem, version=_file_version(path), path=path, stamp=stamp))
    return found


def stamps(folder: Path | None) -> tuple[Stamp, ...]:
    """The stamps of all `*.py` in a folder but those whose names begin with an underscore or a dot."""
    if folder is None:
        return ()
    found = []
    for path in sorted(folder.glob("[!._]*.py")):
        try:
            state = path.stat()
        except OSError:  # it went between two looks
            continue
        if path.is_file():
            found.append((str(path), state.st_mtime_ns, state.st_size, state.st_ino))
    return tuple(found)


def _source_of(distribution: Distribution) -> PluginSource | None:
    """None for the many that are no plugins; one whose metadata is damaged is told as broken."""
    try:
        text = distribution.read_text("entry_points.txt") or ""
    except (OSError, ValueError) as error:
        _log.warning("the entry points of a distribution cannot be read: %s", error)
        return None
    if not re.search(rf"^\[\s*{GROUP}\s*\]", text, re.MULTILINE):
        return None
    try:
        name, version = distribution.name, distribution.version
        return _source(name, version, distribution.entry_points.select(group=GROUP))
    except Exception as error:  # damaged metadata fails in as many ways as there are Pythons
        name = _folder_name(distribution)
        said = f"its metadata cannot be read ({type(error).__name__}: {error}); `pip install --force-reinstall {name}`"
        return PluginSource(name=name, state="broken", error=said)


def _source(name: str, version: str, points: Iterable[EntryPoint]) -> PluginSource:
    ordered = tuple(sorted(points, key=lambda point: (point.name, point.value)))
    return PluginSource(name=str(name or ordered[0].name), version=str(version or ""), entry_points=ordered)


def _folder_name(distribution: Distribution) -> str:
    folder = getattr(distribution, "_path", None)
    return Path(str(folder)).name.partition("-")[0] if folder else "unknown"


def _file_version(path: Path) -> str:
    try:
        found = _VERSION.search(path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return UNVERSIONED
    return found[1] if found else UNVERSIONED
