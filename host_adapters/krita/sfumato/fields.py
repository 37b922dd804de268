"""Plain fields that behave well in a narrow docker: they let the wheel scroll past, and take numbers of any size."""

from .qt import QtCore, QtGui, QtWidgets

_INT_MAX = 2**31 - 1
_TICKS = 1000


class _WheelGoesBy(QtCore.QObject):
    """A wheel that scrolls the docker must not change what happens to lie under the pointer."""

    def eventFilter(self, watched, event):
        """Leave the wheel to the docker unless the field was clicked before."""
        if event.type() == QtCore.QEvent.Type.Wheel and not watched.hasFocus():
            event.ignore()
            return True
        return False


def calm(widget):
    """The widget, which the wheel now passes by."""
    widget.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
    widget.installEventFilter(_WheelGoesBy(widget))
    return widget


def combo(options, width_characters=8):
    """A choice of (value, label); it gets narrow rather than making the docker wide."""
    box = calm(QtWidgets.QComboBox())
    box.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(width_characters)
    fill(box, options)
    return box


def fill(box, options):
    """Other options in a combo; what was chosen stays where it is still offered."""
    chosen = box.currentData()
    box.blockSignals(True)
    box.clear()
    for value, label in options:
        box.addItem(label, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    box.blockSignals(False)


def choose(box, value):
    """Choose a value without telling anybody."""
    box.blockSignals(True)
    box.setCurrentIndex(max(0, box.findData(value)))
    box.blockSignals(False)


class Number(QtWidgets.QWidget):
    """A number field, with a slider where a display range is given. Whole where `decimals` is 0."""

    edited = QtCore.pyqtSignal(object)

    def __init__(self, minimum=None, maximum=None, display=None, step=None, decimals=0, unit=""):
        super().__init__()
        self._whole = decimals == 0
        self._display = display
        low, high = _limit(minimum, -1), _limit(maximum, 1)
        self._field = calm(QtWidgets.QSpinBox() if self._whole else QtWidgets.QDoubleSpinBox())
        if not self._whole:
            self._field.setDecimals(decimals)
        self._field.setRange(int(low) if self._whole else low, int(high) if self._whole else high)
        self._field.setSingleStep(int(step or 1) if self._whole else float(step or 10**-decimals))
        self._field.setSuffix(f" {unit}" if unit else "")
        self._field.setKeyboardTracking(False)
        self._field.valueChanged.connect(self._typed)
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._slider = self._with_slider(row) if display else None
        row.addWidget(self._field, 0 if display else 1)
        self._field.setMinimumWidth(76)

    def value(self):
        """The number as it is shown."""
        return self._field.value()

    def set_value(self, value):
        """Show a number without telling anybody."""
        self._field.blockSignals(True)
        self._field.setValue(int(value) if self._whole else float(value))
        self._field.blockSignals(False)
        self._move_slider()

    def _with_slider(self, row):
        slider = calm(QtWidgets.QSlider(QtCore.Qt.Orientation.Horizontal))
        slider.setRange(0, _TICKS)
        slider.valueChanged.connect(self._slid)
        row.addWidget(slider, 1)
        return slider

    def _slid(self, ticks):
        low, high = self._display
        number = low + (high - low) * ticks / _TICKS
        self._field.setValue(round(number) if self._whole else number)

    def _typed(self, value):
        self._move_slider()
        self.edited.emit(value)

    def _move_slider(self):
        if self._slider:
            low, high = self._display
            self._slider.blockSignals(True)
            self._slider.setValue(round(_TICKS * (self._field.value() - low) / (high - low)))
            self._slider.blockSignals(False)


class Seed(QtWidgets.QLineEdit):
    """A whole number of 63 bits, which no spin box of Qt can hold."""

    edited = QtCore.pyqtSignal(object)

    def __init__(self):
        super().__init__()
        digits = QtCore.QRegularExpression("[0-9]{1,18}")
        self.setValidator(QtGui.QRegularExpressionValidator(digits, self))
        self.textEdited.connect(lambda text: self.edited.emit(int(text or 0)))

    def set_value(self, value):
        """Show a seed."""
        self.setText(str(value))


class Colour(QtWidgets.QPushButton):
    """A colour, chosen in Qt's dialog."""

    edited = QtCore.pyqtSignal(object)

    def __init__(self):
        super().__init__()
        self.clicked.connect(self._ask)

    def set_value(self, value):
        """Show a colour such as #a0522d."""
        self.setText(value)
        swatch = QtGui.QPixmap(16, 16)
        swatch.fill(QtGui.QColor(value))
        self.setIcon(QtGui.QIcon(swatch))

    def _ask(self):
        colour = QtWidgets.QColorDialog.getColor(QtGui.QColor(self.text()), self)
        if colour.isValid():
            self.set_value(colour.name())
            self.edited.emit(colour.name())


class Pages(QtWidgets.QPlainTextEdit):
    """A text of several lines."""

    edited = QtCore.pyqtSignal(object)
    submitted = QtCore.pyqtSignal()

    def __init__(self, lines=3):
        super().__init__()
        self.setTabChangesFocus(True)
        self._lines = lines
        self.textChanged.connect(lambda: self.edited.emit(self.toPlainText()))

    def set_value(self, value):
        """Show a text without telling anybody; the cursor stays where the text is the same."""
        if value != self.toPlainText():
            self.blockSignals(True)
            self.setPlainText(value)
            self.blockSignals(False)

    def showEvent(self, event):
        """As high as its lines, in the letters that Krita gives to a docker."""
        super().showEvent(event)
        margins_px = 2 * self.frameWidth() + int(self.document().documentMargin())
        self.setFixedHeight(self.fontMetrics().lineSpacing() * self._lines + margins_px)

    def keyPressEvent(self, event):
        """Ctrl+Return submits."""
        enter = (QtCore.Qt.Key.Key_Return, QtCore.Qt.Key.Key_Enter)
        if event.key() in enter and event.modifiers() & QtCore.Qt.KeyboardModifier.ControlModifier:
            self.submitted.emit()
        else:
            super().keyPressEvent(event)


def _limit(value, sign):
    return sign * _INT_MAX if value is None else min(max(value, -_INT_MAX), _INT_MAX)
