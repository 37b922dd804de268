"""The queue: what is being drawn, how far it is, and a way to stop this very job."""

from .qt import QtWidgets
from .section import tool_button


class JobList(QtWidgets.QWidget):
    """A row for each job that has not ended."""

    def __init__(self, atelier):
        super().__init__()
        self._studio = atelier.studio
        self._rows = {}
        self._layout = QtWidgets.QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self.hide()

    def refresh(self):
        """Show the queue of now."""
        jobs = self._studio.queue()
        for ticket in [ticket for ticket in self._rows if ticket not in [job.ticket for job in jobs]]:
            row = self._rows.pop(ticket)
            row.hide()
            row.deleteLater()
        for job in jobs:
            if job.ticket not in self._rows:
                self._rows[job.ticket] = _JobRow(self._studio, job)
                self._layout.addWidget(self._rows[job.ticket])
            self._rows[job.ticket].refresh(job)
        self.setVisible(bool(jobs))


class _JobRow(QtWidgets.QWidget):
    def __init__(self, studio, job):
        super().__init__()
        self._bar = QtWidgets.QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setToolTip(job.title)
        self._stop = tool_button("dialog-cancel", f"Cancel “{job.title}”", lambda: studio.cancel(job.ticket))
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._bar, 1)
        layout.addWidget(self._stop)

    def refresh(self, job):
        self._bar.setValue(int(1000 * job.share))
        self._bar.setFormat(job.words.replace("%", "%%"))
        self._stop.setEnabled(not job.cancelling)
