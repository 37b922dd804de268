"""What stands in the way, and what to press. There is nothing to see while all is well."""

from .qt import QtCore, QtWidgets

_STYLE = "#strip { border: 1px solid palette(mid); border-left: 3px solid %s; border-radius: 3px; }"
_CALM, _ALARM = "#5b8fb9", "#d08a2e"


class StatusStrip(QtWidgets.QFrame):
    """The state of the connection, or else the last notice."""

    def __init__(self, atelier):
        super().__init__()
        self.setObjectName("strip")
        self._studio = atelier.studio
        self._title, self._words = QtWidgets.QLabel(), QtWidgets.QLabel()
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(QtCore.Qt.TextInteractionFlag.TextSelectableByMouse)
        self._button = QtWidgets.QPushButton()
        self._button.clicked.connect(self._pressed)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 6, 6)
        layout.setSpacing(3)
        layout.addWidget(self._title)
        layout.addWidget(self._words)
        layout.addWidget(self._button, 0, QtCore.Qt.AlignmentFlag.AlignLeft)
        self.refresh()

    def refresh(self):
        """Show the state of now."""
        state, notice = self._studio.session.state, self._studio.notice
        troubled = state.name != "ready"
        self._title.setText(f"<b>{state.title}</b>")
        self._title.setVisible(troubled)
        self._words.setText(state.words if troubled else notice)
        self._button.setText(state.button if troubled else "Understood")
        self._button.setVisible(bool(state.button) if troubled else True)
        alarm = state.name not in ("ready", "starting", "off") or (not troubled and bool(notice))
        style = _STYLE % (_ALARM if alarm else _CALM)
        if style != self.styleSheet():
            self.setStyleSheet(style)
        self.setVisible(troubled or bool(notice))

    def _pressed(self):
        if self._studio.session.state.name != "ready":
            self._studio.press()
        else:
            self._studio.notice = ""
        self.refresh()
