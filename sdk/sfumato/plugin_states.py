"""Which plugins are not to be loaded: `plugins.json` in the data directory, shared by daemon, worker and CLI.

    {"disabled": ["acme-swirl"], "set_aside": {"acme-crash": "it crashed the worker 3 times in 600 s"}}

Names are those of distributions. The user disables and enables; the daemon sets aside what keeps crashing.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

_log = logging.getLogger(__name__)

FILE_NAME: Final = "plugins.json"

#: The words of `PluginCard.state` for a plugin that is not loaded.
DISABLED: Final = "disabled"
SET_ASIDE: Final = "set-aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginStates:
    """What the file says; ask it with any spelling of a name that pip would take."""

    disabled: frozenset[str] = frozenset()
    set_aside: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, name: str) -> tuple[str, str] | None:
        """The state and the reason to show, with the way back, of a plugin that is not to be loaded; else None."""
        key = normal(name)
        back = f"`sfumato plugins enable {name}` brings it back"
        if reason := self.set_aside.get(key):
            return SET_ASIDE, f"{reason}; {back}"
        return (DISABLED, f"disabled by the user; {back}") if key in self.disabled else None


def read(data_dir: Path) -> PluginStates:
    """The states now. A file that cannot be read is as good as none, and the log says so."""
    path = data_dir / FILE_NAME
    try:
        return _parsed(json.loads(path.read_bytes()))
    except FileNotFoundError:
        return PluginStates()
    except (ValueError, TypeError, AttributeError) as error:
        _log.warning("%s is ignored: %s", path, error)
        return PluginStates()


def disable(data_dir: Path, name: str) -> PluginStates:
    """The plugin is loaded no more; the states then."""
    now = read(data_dir)
    return _written(data_dir, replace(now, disabled=now.disabled | {normal(name)}))


def set_aside(data_dir: Path, name: str, reason: str) -> PluginStates:
    """The plugin is loaded no more, because of what it did; the states then."""
    now = read(data_dir)
    return _written(data_dir, replace(now, set_aside={**now.set_aside, normal(name): reason}))


def enable(data_dir: Path, name: str) -> PluginStates:
    """The plugin is loaded again, whoever had stopped it; the states then."""
    now, key = read(data_dir), normal(name)
    others = {each: reason for each, reason in now.set_aside.items() if each != key}
    return _written(data_dir, PluginStates(disabled=now.disabled - {key}, set_aside=others))


def normal(name: str) -> str:
    """The one spelling of a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _parsed(found: Any) -> PluginStates:
    set_aside = {normal(name): str(reason) for name, reason in found.get("set_aside", {}).items()}
    return PluginStates(disabled=frozenset(map(normal, found.get("disabled", ()))), set_aside=set_aside)


def _written(data_dir: Path, states: PluginStates) -> PluginStates:
    """Replace the file in one step. Of two writers in the same moment the last one wins."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = data_dir / f"{FILE_NAME}.{secrets.token_hex(4)}"
    content = {"disabled": sorted(states.disabled), "set_aside": dict(sorted(states.set_aside.items()))}
    try:
        draft.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        os.replace(draft, data_dir / FILE_NAME)
    finally:
        draft.unlink(missing_ok=True)
    return states
