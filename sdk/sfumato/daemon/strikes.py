"""Strikes: a plugin that keeps killing the worker is set aside, until the user wants it back."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sfumato import plugin_states
from sfumato.daemon.death import Fault

_log = logging.getLogger(__name__)

#: So many times within so many seconds are too often.
MOST_STRIKES: Final = 3
WINDOW_S: Final = 600.0
#: Without its plugins no worker starts, so that once is enough here.
_AT_START: Final = "import"


class Strikes:
    """Counts how often each plugin killed the worker."""

    def __init__(self, data_dir: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._data_dir = data_dir
        self._clock = clock
        self._times_s: dict[str, list[float]] = defaultdict(list)

    def count(self, fault: Fault) -> bool:
        """One more; true if the plugin is set aside now."""
        name, now_s = fault.hook.plugin, self._clock()
        recent = [time_s for time_s in self._times_s[name] if now_s - time_s < WINDOW_S]
        self._times_s[name] = [*recent, now_s]
        if fault.hook.hook != _AT_START and len(self._times_s[name]) < MOST_STRIKES:
            return False
        del self._times_s[name]
        self._set_aside(name, fault)
        return True

    def _set_aside(self, name: str, fault: Fault) -> None:
        often = "" if fault.hook.hook == _AT_START else f"{MOST_STRIKES} times in {WINDOW_S:g} s, at last so: "
        reason = f"it killed the worker: {often}{fault.error.message}"
        _log.error("plugin %s is set aside: %s", name, reason)
        try:
            plugin_states.set_aside(self._data_dir, name, reason)
        except OSError as error:
            _log.error("plugin %s cannot be set aside: %s", name, error)
