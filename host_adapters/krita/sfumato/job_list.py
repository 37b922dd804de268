"""The queue: what is being drawn, how far it is, and a way to stop this very job."""

from .qt import QtCore, QtGui, QtWidgets
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


class _Bar(QtWidgets.QWidget):
    """A progress bar. Qt's own repaints the whole window at each new value, before it returns."""

    def __init__(self):
        super().__init__()
        self._share, self._words = 0.0, ""
        self.setFixedHeight(self.fontMetrics().height() + 8)

    def show_share(self, share, words):
        """Painted when Qt paints next."""
        self._share, self._words = share, words
        self.update()

    def paintEvent(self, event):
        """As the style paints its progress bars."""
        option = QtWidgets.QStyleOptionProgressBar()
        option.initFrom(self)
        option.minimum, option.maximum, option.progress = 0, 1000, int(1000 * self._share)
        option.text, option.textVisible = self._words, True
        option.textAlignment = QtCore.Qt.AlignmentFlag.AlignCenter
        option.state |= QtWidgets.QStyle.StateFlag.State_Horizontal
        painter = QtGui.QPainter(self)
        self.style().drawControl(QtWidgets.QStyle.ControlElement.CE_ProgressBar, option, painter, self)
        painter.end()


class _JobRow(QtWidgets.QWidget):
    def __init__(self, studio, job):
        super().__init__()
        self._bar = _Bar()
        self._bar.setToolTip(job.title)
        self._stop = tool_button("dialog-cancel", f"Cancel “{job.title}”", lambda: studio.cancel(job.ticket))
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._bar, 1)
        layout.addWidget(self._stop)

    def refresh(self, job):
        self._bar.show_share(job.share, job.words)
        self._stop.setEnabled(not job.cancelling)
