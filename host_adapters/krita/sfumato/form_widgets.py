"""A contribution's form as Qt widgets. What a parameter is called, means and may be comes from the catalogue alone."""

from functools import partial

from .fields import Colour, Number, Pages, Seed, calm, choose, combo, fill
from .qt import QtCore, QtWidgets


class FormBox(QtWidgets.QWidget):
    """The widgets of a form, bound to a dictionary of values."""

    edited = QtCore.pyqtSignal()

    def __init__(self, form, values, atelier):
        super().__init__()
        self._form, self._values = form, values
        self._rows = {}
        layout = QtWidgets.QFormLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setRowWrapPolicy(QtWidgets.QFormLayout.RowWrapPolicy.WrapLongRows)
        layout.setFieldGrowthPolicy(QtWidgets.QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        shown = form.values(values)
        for group, widgets in form.groups():
            if group:
                layout.addRow(QtWidgets.QLabel(f"<b>{group}</b>"))
            for widget in widgets:
                self._rows[widget.id] = self._add(layout, widget, shown[widget.id], atelier)
        self._enable()

    def _add(self, layout, widget, value, atelier):
        made = _MAKERS.get(widget.kind, _display)(widget, value, atelier, partial(self._changed, widget))
        label = QtWidgets.QLabel(widget.label)
        for each in (label, made):
            each.setToolTip(widget.help)
        if widget.kind == "switch":
            layout.addRow(made)
        else:
            layout.addRow(label, made)
        return (label, made)

    def _changed(self, widget, value):
        self._values[widget.id] = widget.cleaned(value)
        self._enable()
        self.edited.emit()

    def _enable(self):
        values = self._form.values(self._values)
        for parameter, row in self._rows.items():
            for each in row:
                each.setEnabled(self._form.enabled(parameter, values))


class LayerCombo(QtWidgets.QComboBox):
    """One of the document's layers; the list is as old as the click that opened it."""

    def __init__(self, atelier, value, nothing):
        super().__init__()
        self._atelier, self._nothing, self._value = atelier, nothing, value
        self.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        calm(self)
        self._refresh()

    def showPopup(self):
        """List the layers as they are now."""
        self._value = self.currentData()
        self._refresh()
        super().showPopup()

    def _refresh(self):
        document = self._atelier.host.document()
        layers = self._atelier.host.layers(document) if document else []
        options = [("", self._nothing), *((layer.key, layer.name) for layer in layers)]
        if self._value and self._value not in [key for key, _ in options]:
            options.append((self._value, "(a layer that is gone)"))
        fill(self, options)
        choose(self, self._value)


def _switch(widget, value, _, changed):
    box = QtWidgets.QCheckBox(widget.label)
    box.setChecked(value)
    box.toggled.connect(changed)
    return box


def _number(widget, value, _, changed):
    ranged = widget.kind.endswith("slider")
    display = (widget.display_minimum, widget.display_maximum) if ranged else None
    decimals = max(1, widget.decimals) if widget.kind.startswith("float") else 0
    field = Number(widget.minimum, widget.maximum, display, widget.step, decimals, widget.unit)
    field.set_value(value)
    field.edited.connect(changed)
    return field


def _line(_, value, __, changed):
    field = QtWidgets.QLineEdit(value)
    field.setPlaceholderText("None")
    field.textEdited.connect(changed)
    return field


def _shown(make):
    def made(_, value, __, changed):
        field = make()
        field.set_value(value)
        field.edited.connect(changed)
        return field

    return made


def _choice(widget, value, _, changed):
    return _combo([(choice.value, choice.label) for choice in widget.choices], value, changed)


def _model(_, value, atelier, changed):
    """One that the daemon knows, or the folder of another network, typed in."""
    models = [(model.id, model.title) for model in atelier.studio.session.catalogue.models]
    box = combo([("", "Default"), *models])
    box.setEditable(True)
    place = box.findData(value)
    if place >= 0:
        box.setCurrentIndex(place)
    else:
        box.setEditText(value)
    box.currentTextChanged.connect(lambda text: changed(_known(box, text)))
    return box


def _known(box, text):
    place = box.findText(text)
    return box.itemData(place) if place >= 0 else text.strip()


def _combo(options, value, changed):
    box = combo(options)
    choose(box, value)
    box.currentIndexChanged.connect(lambda index: changed(box.itemData(index)))
    return box


def _picture(_, value, atelier, changed):
    key = value.get("layer", "") if isinstance(value, dict) else ""
    box = LayerCombo(atelier, key, "Choose a layer…")
    box.activated.connect(lambda index: changed({"layer": box.itemData(index)} if box.itemData(index) else ""))
    return box


def _display(_, value, __, ___):
    label = QtWidgets.QLabel(str(value))
    label.setEnabled(False)
    return label


_MAKERS = {
    "switch": _switch,
    "int_slider": _number,
    "int_field": _number,
    "float_slider": _number,
    "float_field": _number,
    "text": _line,
    "text_area": _shown(Pages),
    "choice": _choice,
    "colour": _shown(Colour),
    "seed": _shown(Seed),
    "image": _picture,
    "mask": _picture,
    "model": _model,
}
