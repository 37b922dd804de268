"""The upper part of the docker: words, mode, strength, and the button."""

from .core.modes import MODES
from .fields import Number, Pages, choose, combo
from .qt import QtCore, QtGui, QtWidgets
from .section import tool_button

#: Live is a button of its own, and processing belongs to the processors.
_OFFERED = [mode for mode in MODES.values() if mode.id not in ("live", "process")]
_AFTER_LIVE = "refine"


class AskPanel(QtWidgets.QWidget):
    """Bound to the workspace of the document at hand."""

    def __init__(self, atelier):
        super().__init__()
        self._atelier, self._studio = atelier, atelier.studio
        self._mode_before_live = _AFTER_LIVE
        self._prompt = Pages(3)
        self._prompt.setPlaceholderText("What would you like to see?")
        self._prompt.edited.connect(lambda text: self._set("prompt", text))
        self._prompt.submitted.connect(self.ask)
        self._negative = QtWidgets.QLineEdit()
        self._negative.setPlaceholderText("What to avoid (optional)")
        self._negative.textEdited.connect(lambda text: self._set("negative_prompt", text))
        self._mode = combo([(mode.id, mode.label) for mode in _OFFERED])
        for place, mode in enumerate(_OFFERED):
            self._mode.setItemData(place, mode.help, QtCore.Qt.ItemDataRole.ToolTipRole)
        self._mode.currentIndexChanged.connect(lambda index: self.set_mode(self._mode.itemData(index)))
        self._strength = Number(1, 100, (1, 100), 1, 0, "%")
        self._strength.setToolTip("How much may change: a little keeps the picture, 100 % forgets it.")
        self._strength.edited.connect(lambda percent: self._set("strength", percent / 100))
        self._strength_label = QtWidgets.QLabel("Strength")
        self._hint = QtWidgets.QLabel()
        self._hint.setWordWrap(True)
        self._hint.setEnabled(False)
        self._go = QtWidgets.QPushButton()
        self._live = QtWidgets.QPushButton("Live")
        self._arrange()

    def _arrange(self):
        self._go.setStyleSheet("font-weight: bold; padding: 6px;")
        self._go.clicked.connect(lambda _=False: self.ask())
        self._live.setCheckable(True)
        self._live.setStyleSheet("padding: 6px;")
        self._live.setToolTip(MODES["live"].help)
        self._live.toggled.connect(self._toggle_live)
        strength = _row(self._strength_label, self._strength)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(_row(self._prompt))
        layout.addLayout(_row(self._negative, self._history_button()))
        layout.addWidget(self._mode)
        layout.addWidget(self._hint)
        layout.addLayout(strength)
        row = _row(self._go, self._live)
        row.setStretch(0, 1)
        layout.addLayout(row)

    def load(self):
        """Show the workspace of now."""
        workspace, live = self._studio.workspace, self._studio.live.on
        if workspace.mode in ("live", "process") and not live:
            workspace.mode = _AFTER_LIVE
        elif live and workspace.mode != "live":  # of another document, which the artist has turned to
            self._mode_before_live, workspace.mode = workspace.mode, "live"
        self._prompt.set_value(workspace.prompt)
        if self._negative.text() != workspace.negative_prompt:
            self._negative.setText(workspace.negative_prompt)
        mode = workspace.mode_at_hand
        choose(self._mode, self._mode_before_live if live else mode.id)
        self._strength.set_value(round(100 * workspace.strength))
        for each in (self._strength, self._strength_label):
            each.setVisible(not mode.fixed_strength)
        self._refresh(mode, live)

    def set_mode(self, mode_id):
        """Choose a way to work."""
        self._studio.workspace.mode = mode_id
        self._atelier.edited()
        self.load()

    def ask(self):
        """What the large button does."""
        if self._studio.live.on:
            self._studio.apply_live()
        else:
            self._atelier.open()
            self._studio.submit()

    def toggle_live(self):
        """Begin or end painting live."""
        self._live.toggle()

    def _refresh(self, mode, live):
        there = self._atelier.host.document() is not None
        self._mode.setEnabled(not live)
        self._live.blockSignals(True)
        self._live.setChecked(live)
        self._live.blockSignals(False)
        self._go.setText("Apply live result" if live else mode.label)
        self._go.setEnabled(there and (not live or self._studio.live.result is not None))
        self._live.setEnabled(there)
        words = (self._studio.live.paused or "Paint: each stroke refreshes the result.") if live else mode.help
        self._hint.setText(words if there else "Open or create a document first.")

    def _toggle_live(self, on):
        workspace = self._studio.workspace
        if on:
            self._mode_before_live = workspace.mode
            workspace.mode = "live"
            self._atelier.open()
        else:
            workspace.mode = self._mode_before_live
        self._atelier.set_live(on)
        self.load()

    def _history_button(self):
        button = tool_button("view-list-text", "Earlier prompts of this document")
        button.setText("Earlier")
        menu = QtWidgets.QMenu(button)
        menu.aboutToShow.connect(lambda: self._fill_history(menu))
        button.setMenu(menu)
        button.setPopupMode(QtWidgets.QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    def _fill_history(self, menu):
        menu.clear()
        for prompt in self._studio.history.prompts[:20]:
            short = QtGui.QFontMetrics(menu.font()).elidedText(prompt, QtCore.Qt.TextElideMode.ElideRight, 360)
            menu.addAction(short.replace("&", "&&")).triggered.connect(lambda _=False, words=prompt: self._take(words))
        if menu.isEmpty():
            menu.addAction("No prompts yet").setEnabled(False)

    def _take(self, prompt):
        self._set("prompt", prompt)
        self.load()

    def _set(self, name, value):
        setattr(self._studio.workspace, name, value)
        self._atelier.edited()


def _row(*widgets):
    row = QtWidgets.QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget)
    return row
