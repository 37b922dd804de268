"""Jobs that were asked for in documents that are not open: fetch what comes of them here, or dismiss them."""

from .qt import QtCore, QtWidgets
from .section import tool_button

_ELIDE = QtCore.Qt.TextElideMode.ElideRight
_TITLE_PX = 160


class OrphanList(QtWidgets.QWidget):
    """A row for each; there is nothing to see without any."""

    def __init__(self, atelier):
        super().__init__()
        self._host, self._studio = atelier.host, atelier.studio
        self._rows = {}
        self._layout = QtWidgets.QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        heading = QtWidgets.QLabel("For documents that are not open")
        heading.setEnabled(False)
        self._layout.addWidget(heading)
        self.hide()

    def refresh(self):
        """Show the orphans of now."""
        orphans = {orphan.waiting.ticket: orphan for orphan in self._studio.orphans}
        for ticket in [ticket for ticket in self._rows if ticket not in orphans]:
            row = self._rows.pop(ticket)
            row.hide()
            row.deleteLater()
        for ticket, orphan in orphans.items():
            if ticket not in self._rows:
                self._rows[ticket] = _OrphanRow(self, orphan)
                self._layout.addWidget(self._rows[ticket])
            self._rows[ticket].fetch.setEnabled(self._host.document() is not None)
        self.setVisible(bool(orphans))

    def fetch(self, orphan):
        """Follow it for the document at hand: its results are listed there, and go where they were asked for."""
        document = self._host.document()
        if document is not None:
            self._studio.adopt(orphan, document)

    def dismiss(self, orphan):
        """Nobody wants what comes of it."""
        self._studio.dismiss(orphan)


class _OrphanRow(QtWidgets.QWidget):
    def __init__(self, owner, orphan):
        super().__init__()
        title = QtWidgets.QLabel(self.fontMetrics().elidedText(orphan.waiting.title, _ELIDE, _TITLE_PX))
        title.setToolTip(f"“{orphan.waiting.title}” was asked for in “{orphan.document.title}”, which is not open.")
        title.setMinimumWidth(0)
        self.fetch = QtWidgets.QPushButton("Fetch")
        self.fetch.setSizePolicy(QtWidgets.QSizePolicy.Policy.Maximum, QtWidgets.QSizePolicy.Policy.Fixed)
        self.fetch.setToolTip("List its results in the document that you look at.")
        self.fetch.clicked.connect(lambda _=False: owner.fetch(orphan))
        self.dismiss = tool_button("dialog-cancel", "Cancel and forget it", lambda: owner.dismiss(orphan))
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(title, 1)
        layout.addWidget(self.fetch)
        layout.addWidget(self.dismiss)
