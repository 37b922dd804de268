"""Why a worker died, and whether a plugin did it beyond doubt."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sfumato.black_box import Hook, Running
from sfumato.daemon.overseer import Verdict
from sfumato.errors import PluginError

#: Signals that a process sends itself by what its code does. SIGKILL and SIGTERM come from others.
_OF_ITS_OWN: Final = frozenset(
    getattr(signal, name) for name in ("SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGABRT") if hasattr(signal, name)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A plugin killed the worker: its hook, and the error for the job that it worked for."""

    hook: Hook
    error: PluginError

    @property
    def is_of_the_recipe(self) -> bool:
        """Whether the job asked for what broke; else it goes on without."""
        return bool(self.hook.contribution)


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """How a worker ended. `retired`: on our own wish, and no job is to blame."""

    description: str
    fault: Fault | None = None
    retired: bool = False


def concluded(
    description: str, exit_code: int, verdict: Verdict | None, running: Sequence[Running], *, ate_memory: bool
) -> Death:
    """The death of a worker in which these hooks ran, with the plugin that beyond doubt did it, if one did.

    `ate_memory`: it had grown so much under a plugin that the system may have ended it for that.
    """
    if verdict:
        return _by(verdict.running, verdict.said)
    by_itself = exit_code >= 0 or -exit_code in _OF_ITS_OWN
    if len(running) != 1 or not running[0].is_foreign or not (by_itself or ate_memory):
        return Death(description=description)
    if by_itself:
        return _by(running[0], f"killed the worker: {description}")
    return _by(running[0], f"took so much memory that the worker was killed: {description}")


def _by(running: Running, said: str) -> Death:
    error = running.fault(said)
    return Death(description=error.message, fault=Fault(hook=running.hook, error=error))
