"""Patience: how long a client puts up with a daemon that does not answer."""

from __future__ import annotations

from typing import Final

from sfumato.client.effects import Operation, Pause, Renew
from sfumato.errors import DaemonUnavailable, SfumatoError, Unauthenticated

#: How a daemon that is started again looks meanwhile: nobody answers, or somebody with a token not announced yet.
RESTARTING: Final = (DaemonUnavailable, Unauthenticated)
FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 3.0
LIMIT_S: Final = 20.0


class Patience:
    """Pauses that double from one failure to the next, until `LIMIT_S` seconds have passed without progress."""

    def __init__(self) -> None:
        self._pause_s = FIRST_PAUSE_S
        self._left_s = LIMIT_S

    def rest(self) -> None:
        """There was progress: begin again with the shortest pause."""
        self._pause_s, self._left_s = FIRST_PAUSE_S, LIMIT_S

    def wait(self, error: SfumatoError) -> Operation[None]:
        """Pause, then look for the daemon again. Raises DaemonUnavailable when there is no patience left."""
        if self._left_s <= 0:
            said = f"no daemon has answered for {LIMIT_S:g} s; jobs go on when it is started again ({error.message})"
            raise DaemonUnavailable(said) from error
        yield Pause(self._pause_s)
        self._left_s -= self._pause_s
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
        yield Renew()
