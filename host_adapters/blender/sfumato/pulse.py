"""The one timer: it drains what other threads have left for the main thread, and does nothing else."""

import traceback

import bpy

from .lasting import Lasting
from .shared import desk

_BUSY_S = 0.03
_IDLE_S = 0.25


class Pulse:
    """Calls `desk.drain()` when there is something to drain. Blender runs no timers without a window: call it then."""

    def __init__(self, desk):
        self._desk = desk
        self._turn = self._drain_if_woken  # one object, by which Blender knows the timer
        bpy.app.timers.register(self._turn, first_interval=_IDLE_S, persistent=True)  # stays when a file is loaded

    def close(self):
        """Call no more."""
        if bpy.app.timers.is_registered(self._turn):
            bpy.app.timers.unregister(self._turn)

    def _drain_if_woken(self):
        if self._desk.woken.is_set():
            try:
                self._desk.drain()
            except Exception as error:  # Blender calls a timer that has raised no more
                traceback.print_exc()
                self._desk.mistaken(f"{type(error).__name__}: {error}")
        return _BUSY_S if self._desk.busy else _IDLE_S


pulse = Lasting(lambda: Pulse(desk()))
register, unregister = pulse.register, pulse.unregister
