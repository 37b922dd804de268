"""Where the plugin under test comes from: an installed distribution, or a file."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, Final, cast

from sfumato.errors import NotFound

GROUP: Final = "sfumato"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePoint:
    """A one-file plugin, with what `sfumato.engine.plugins` asks of an entry point."""

    path: Path
    group: str = GROUP
    dist: None = None

    @property
    def name(self) -> str:
        """The file's name without `.py`."""
        return self.path.stem

    @property
    def value(self) -> str:
        """Where it is."""
        return str(self.path)

    def load(self) -> Any:
        """The file as a module."""
        spec = importlib.util.spec_from_file_location(f"sfumato_plugin_{self.name}", self.path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module


def is_file(plugin: str) -> bool:
    """Whether DIST_OR_FILE names a file rather than a distribution."""
    return plugin.endswith(".py") or Path(plugin).is_file()


def entry_points(plugin: str) -> list[EntryPoint]:
    """The plugin's entry points. Raises NotFound, saying what to do, where there is no such plugin."""
    if is_file(plugin):
        if not Path(plugin).is_file():
            raise NotFound(f"got {plugin}, but there is no such file", plugin=plugin)
        return [cast(EntryPoint, FilePoint(path=Path(plugin).absolute()))]
    try:
        found = importlib.metadata.distribution(plugin)
    except importlib.metadata.PackageNotFoundError:
        said = f"got {plugin!r}, expected an installed distribution or a .py file; `pip install` it first"
        raise NotFound(said, plugin=plugin) from None
    points = [point for point in found.entry_points if point.group == GROUP]
    if not points:
        said = f"distribution {plugin} has no entry points in the group `{GROUP}`; its pyproject.toml has to name them"
        raise NotFound(said, plugin=plugin)
    return points


def everyone_else(plugin: str) -> list[EntryPoint]:
    """The entry points of the distribution `sfumato` itself, against which ids must not clash; none if that is it."""
    builtin = importlib.metadata.distribution("sfumato").entry_points
    return [] if plugin == "sfumato" else [point for point in builtin if point.group == GROUP]
