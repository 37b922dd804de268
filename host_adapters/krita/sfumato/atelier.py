"""The one studio of this Krita, shared by the dockers of all its windows."""

from pathlib import Path

import krita

from .core.installation import command_of
from .core.pending import Pending
from .core.presets import Presets, user_folder
from .core.session import Session
from .core.studio import Studio
from .keepsakes import Keepsakes
from .krita_host import KritaHost
from .nodes import key_of
from .qt import QtCore

_LOOK_MS = 400
_LIVE_MS = 100
_SAVE_MS = 1000
#: Main-thread time for what has come from the bridge, at each turn of Krita's event loop.
_BUDGET_S = 0.003


class Atelier(QtCore.QObject):
    """Owns host, session and studio, and turns them: by a queued signal from the bridge's threads, and by timers."""

    woken = QtCore.pyqtSignal()
    #: Names of what has changed, as in core.studio.CHANGES; and "document", "progress".
    changed = QtCore.pyqtSignal(frozenset)

    def __init__(self):
        super().__init__()
        self.host = KritaHost(self._progressed)
        session = Session("krita", self.host.version, self._command, self.woken.emit)
        folder = user_folder("krita")
        self.presets = Presets(folder)
        self.studio = Studio(self.host, session, self.changed.emit, Pending(folder))
        self.keepsakes = Keepsakes(self.studio)
        self.words, self.share = "", None
        self._documents = {}
        self._attended_key = ""
        self.woken.connect(self._drain, QtCore.Qt.ConnectionType.QueuedConnection)
        self._look = self._timer(_LOOK_MS, self.look)
        self._live = self._timer(_LIVE_MS, self._tick)
        self._save = self._timer(_SAVE_MS, self.studio.save)
        self._save.setSingleShot(True)

    def open(self):
        """Connect, once the artist needs it: Krita's own start waits for nothing of ours."""
        if self.studio.session.state.name == "off":
            self.studio.start()
        self._look.start()
        self.look()

    def close(self):
        """Krita ends: keep everything, end the bridge."""
        for timer in (self._look, self._live, self._save):
            timer.stop()
        self.studio.stop()
        self.host.close()

    def look(self):
        """Attend to the document that the artist looks at. Krita does not say when one is closed: ask it."""
        document = self.host.document()
        before = self.studio.shown
        if document is None or document.key not in self._documents:
            self._forget_closed()
        if document is not None:
            self._documents[document.key] = document
        key = document.key if document else ""
        if key != self._attended_key:
            self._attended_key = key
            self.studio.attend(document)
            self.keepsakes.bring_back()
            self.changed.emit(frozenset({"document"}))
            if before is not None and document is not None and before.document.key == document.key:
                self.studio.show(before)

    def edited(self):
        """The artist has changed a setting: it is kept soon, not at every letter."""
        self._save.start()

    def set_live(self, on):
        """Begin or end painting live."""
        if on:
            self.studio.start_live()
            self._live.start()
        else:
            self._live.stop()
            self.studio.stop_live()

    def _tick(self):
        if not self.studio.live.on:
            self._live.stop()
        elif self.host.document() is not None and self.host.idle(self.host.document()):
            self.studio.tick()

    def _drain(self):
        self.studio.drain(_BUDGET_S)
        self.keepsakes.gather()

    def _progressed(self, words, share):
        self.words, self.share = words, share
        self.changed.emit(frozenset({"progress"}))

    def _forget_closed(self):
        open_keys = {key_of(each) for each in krita.Krita.instance().documents() if each.rootNode() is not None}
        for key in [key for key in self._documents if key not in open_keys]:
            self.studio.close(self._documents.pop(key))

    def _command(self):
        return command_of(Path(__file__).parent)

    def _timer(self, interval_ms, act):
        timer = QtCore.QTimer(self)
        timer.setInterval(interval_ms)
        timer.timeout.connect(act)
        return timer
