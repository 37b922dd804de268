"""A heading that folds what is below it."""

import krita

from .qt import QtCore, QtWidgets


class Section(QtWidgets.QWidget):
    """Folded at first. Subclasses fill `body` and show the workspace in `load`, which waits until it is unfolded."""

    def __init__(self, title, help_text=""):
        super().__init__()
        self._head = QtWidgets.QToolButton()
        self._head.setText(title)
        self._head.setToolTip(help_text)
        self._head.setCheckable(True)
        self._head.setAutoRaise(True)
        self._head.setToolButtonStyle(QtCore.Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        policy = QtWidgets.QSizePolicy.Policy
        self._head.setSizePolicy(policy.Expanding, policy.Fixed)
        self._head.setStyleSheet("QToolButton { text-align: left; font-weight: bold; border: none; padding: 3px; }")
        self._content = QtWidgets.QWidget()
        self.body = QtWidgets.QVBoxLayout(self._content)
        self.body.setContentsMargins(14, 0, 0, 6)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._head)
        layout.addWidget(self._content)
        self._stale = False
        self._head.toggled.connect(self.unfold)
        self.unfold(False)

    def load(self):
        """Show the workspace of now."""

    def load_soon(self):
        """Load now where it can be seen, else when it is unfolded."""
        self._stale = not self._head.isChecked()
        self.summarise()
        if not self._stale:
            self.load()

    def summarise(self):
        """What the heading says of what is folded."""

    def unfold(self, on):
        """Show or hide what is below the heading."""
        if on and self._stale:
            self._stale = False
            self.load()
        self._head.setChecked(on)
        arrow = QtCore.Qt.ArrowType
        self._head.setArrowType(arrow.DownArrow if on else arrow.RightArrow)
        self._content.setVisible(on)

    def set_title(self, title):
        """Other words on the heading."""
        self._head.setText(title)


def clear(layout):
    """Take everything out of a layout."""
    while layout.count():
        widget = layout.takeAt(0).widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def form_layout():
    """Labels on the left, fields that fill the rest; on top of each other where the docker is narrow."""
    layout = QtWidgets.QFormLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setRowWrapPolicy(QtWidgets.QFormLayout.RowWrapPolicy.WrapLongRows)
    layout.setFieldGrowthPolicy(QtWidgets.QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return layout


def tool_button(icon, tip, act=None):
    """A flat button with one of Krita's icons."""
    button = QtWidgets.QToolButton()
    button.setIcon(krita.Krita.instance().icon(icon))
    button.setToolTip(tip)
    button.setAutoRaise(True)
    if act:
        button.clicked.connect(lambda _=False: act())
    return button
