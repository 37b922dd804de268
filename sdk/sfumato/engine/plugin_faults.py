"""What is wrong with a plugin that cannot be loaded, where, and what to do about it."""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sfumato.catalogue import nearest
from sfumato.plugin_sources import PluginSource

_MOST_CHARACTERS: Final = 600
#: Where an error may surface without being anybody's but the plugin's.
_NOT_THEIRS: Final = (Path(__file__).parent, Path(importlib.__file__).parent)


class InvalidPlugin(ValueError):
    """A plugin keeps the rules of hooks or contributions badly; the message says what to do."""


def told(source: PluginSource, error: BaseException) -> str:
    """The whole error of a plugin: what, where, and the way out."""
    if isinstance(error, InvalidPlugin):
        return str(error)
    said = f"{type(error).__name__}: {_text(error)}"[:_MOST_CHARACTERS]
    place = _place(error, source)
    return f"{said}{f' ({place})' if place else ''}. {_advice(source, error)}"


def unknown_hook(name: str, known: Iterable[str]) -> InvalidPlugin:
    """The error for a hook that there is not."""
    return InvalidPlugin(
        f"unknown hook {name!r}{nearest(name, known)}; rename it, or mark it @sf.hookimpl(optionalhook=True) if it is "
        "one of a newer Sfumato"
    )


def _advice(source: PluginSource, error: BaseException) -> str:
    silence = f"`sfumato plugins disable {source.name}` keeps it from being tried"
    if isinstance(error, ModuleNotFoundError):
        missing = (error.name or "the module").partition(".")[0]
        if any(point.value.partition(":")[0].partition(".")[0] == missing for point in source.entry_points):
            return (
                f"The plugin's own module is missing: `pip install --force-reinstall {source.name}`. Where it was "
                "installed since the daemon's worker started, `sfumato stop`; the daemon starts again by itself"
            )
        return f"Install what it needs where Sfumato runs (`pip install {missing}`), or {silence}"
    if isinstance(error, SystemExit):
        return f"A plugin must not end the process that imports it; tell its author, or {silence}"
    if isinstance(error, ImportError):
        return f"A library that it needs cannot be loaded; install that library again, or {silence}"
    if isinstance(error, SyntaxError):
        return f"Mend the file, or install a version for this Python; {silence}"
    return f"Mend it, or tell its author; {silence}"


def _place(error: BaseException, source: PluginSource) -> str:
    """File and line in the plugin at which it went wrong."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}, line {error.lineno}"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not frame.filename.startswith("<") and not any(
            Path(frame.filename).is_relative_to(at) for at in _NOT_THEIRS
        ):
            return f"{frame.filename}, line {frame.lineno}"
    return "; ".join(f"{point.name} = {point.value}" for point in source.entry_points)


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # a plugin's own exception may be broken as well
        return "(it cannot be shown)"
