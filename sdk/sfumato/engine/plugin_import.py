"""Importing plugins: entry points as Python does it, one-file plugins anew whenever their file has changed."""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import linecache
import sys
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

from sfumato.engine.plugin_faults import InvalidPlugin
from sfumato.plugin_sources import PluginSource, Stamp


class Importer:
    """Imports plugins, and remembers what it has imported.

    A file that has not changed is the module that it was; one that has becomes another module, and whoever works
    with the old one keeps it. A distribution cannot be imported twice: it stays as it was until the process ends.
    """

    def __init__(self) -> None:
        self._files: dict[Path, tuple[Stamp | None, ModuleType]] = {}
        self._versions: dict[str, str] = {}
        self._numbers = itertools.count()

    def plugins(self, source: PluginSource) -> Iterator[tuple[str, object]]:
        """The source's modules or objects, each with its name. Raises whatever the import raises."""
        if source.path:
            yield source.name, self._file(source.path, source.stamp)
            return
        importlib.invalidate_caches()
        for point in source.entry_points:
            if isinstance(point, EntryPoint) and not point.pattern.match(point.value):
                said = f"the entry point `{point.name} = {point.value}` is not MODULE or MODULE:OBJECT"
                raise InvalidPlugin(f"{said}; correct it in the plugin's pyproject.toml")
            yield point.name, point.load()
        self._versions.setdefault(source.key, source.version)

    def version(self, source: PluginSource) -> str:
        """The version that runs, which need not be the one that has been installed since."""
        return source.version if source.path else self._versions.get(source.key, source.version)

    def _file(self, path: Path, stamp: Stamp | None) -> ModuleType:
        known = self._files.get(path)
        if known is None or known[0] != stamp:
            known = self._files[path] = stamp, self._imported(path)
        return known[1]

    def _imported(self, path: Path) -> ModuleType:
        """The file as a module of a name that nothing else has."""
        name = f"sfumato_file_plugin_{next(self._numbers)}_{path.stem}"
        loader = SourceFileLoader(name, str(path))
        spec = importlib.util.spec_from_file_location(name, path, loader=loader)
        assert spec is not None
        module = importlib.util.module_from_spec(spec)
        linecache.checkcache(str(path))
        # Not by the loader: its bytecode cache takes two edits within a second for one.
        code = loader.source_to_code(path.read_bytes(), str(path))
        sys.modules[name] = module
        try:
            exec(code, module.__dict__)
        except BaseException:
            del sys.modules[name]
            raise
        return module
