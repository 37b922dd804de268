"""Runs a trial, which is a generator that yields whenever Krita's event loop should turn."""

import faulthandler
import json
import os
import sys
import time
import traceback

import krita
from sfumato.qt import QtCore

PATIENCE_S = 400.0
_STUCK_S = 300.0


def until(condition, what, patience_s=PATIENCE_S):
    """Let Krita work until `condition` is true; fail with `what` where it never is."""
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {patience_s} s for {what}")
        yield
    return condition()


class Runner(QtCore.QObject):
    """Turns a trial by a timer and writes its report, a JSON object, when it has ended."""

    def __init__(self, trial, report_path):
        super().__init__()
        self._path = report_path
        self._report = {"uncaught": []}
        sys.excepthook = self._uncaught
        faulthandler.enable()
        faulthandler.dump_traceback_later(_STUCK_S, repeat=True)
        self._steps = self._run(trial)
        self._timer = QtCore.QTimer(self)
        self._timer.setSingleShot(True)  # Krita turns its loop inside of some calls, and no turn may begin in another
        self._timer.setInterval(10)
        self._timer.timeout.connect(self._turn)
        self._timer.start()

    def _run(self, trial):
        yield from until(lambda: krita.Krita.instance().activeWindow(), "a window")
        yield from trial(self._report)

    def _turn(self):
        try:
            next(self._steps)
        except StopIteration:
            self._end()
        except Exception:
            self._report["error"] = traceback.format_exc()
            self._end()
        else:
            self._timer.start()

    def _uncaught(self, *error):
        """In the place of Krita's dialog, which would wait for somebody to press its button."""
        self._report["uncaught"].append("".join(traceback.format_exception(*error)))

    def _end(self):
        faulthandler.cancel_dump_traceback_later()
        with open(self._path + ".part", "w") as file:
            json.dump(self._report, file)
        os.replace(self._path + ".part", self._path)
        for document in krita.Krita.instance().documents():
            document.setModified(False)
        krita.Krita.instance().action("file_quit").trigger()
