"""Redrawing in small pieces: what has changed is noted at once and shown soon, a few milliseconds at a time."""

import time

from .qt import QtCore

_PAUSE_MS = 5
_BUDGET_S = 0.002


class Chores(QtCore.QObject):
    """Each chore is done once, however often it was asked for meanwhile."""

    def __init__(self, parent):
        super().__init__(parent)
        self._due = {}
        self._timer = QtCore.QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._turn)

    def add(self, act):
        """Do this soon; once more where it returns true."""
        self._due.setdefault(act)
        if not self._timer.isActive():
            self._timer.start()

    def _turn(self):
        deadline = time.perf_counter() + _BUDGET_S
        while self._due and time.perf_counter() < deadline:
            act = next(iter(self._due))
            del self._due[act]
            if act():
                self._due.setdefault(act)
        if self._due:
            self._timer.start()
