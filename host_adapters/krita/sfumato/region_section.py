"""Regions: prompts that are bound to layers, where an installed plugin can do it."""

from .core.workspace import Region
from .form_widgets import LayerCombo
from .qt import QtWidgets
from .section import Section, clear, tool_button


class RegionSection(Section):
    """A row for each layer that has words of its own."""

    def __init__(self, atelier):
        super().__init__("Regions", "Words of their own for parts of the canvas: where a layer has paint")
        self._atelier, self._studio = atelier, atelier.studio
        self._rows = QtWidgets.QVBoxLayout()
        self._cannot = QtWidgets.QLabel("No installed plugin binds words to layers for this model.")
        self._cannot.setWordWrap(True)
        self._cannot.setEnabled(False)
        self._add = QtWidgets.QPushButton("Add the active layer")
        self._add.clicked.connect(lambda _=False: self._append())
        self.body.addLayout(self._rows)
        self.body.addWidget(self._cannot)
        self.body.addWidget(self._add)

    def load(self):
        """Show the workspace of now."""
        catalogue = self._studio.session.catalogue
        able = catalogue.region_conditioner(catalogue.model(self._studio.workspace.model)) is not None
        self._cannot.setVisible(not able)
        self._add.setEnabled(able)
        clear(self._rows)
        for region in self._studio.workspace.regions:
            self._rows.addWidget(_RegionRow(self._atelier, self, region))

    def remove(self, region):
        """Take one out."""
        self._studio.workspace.regions.remove(region)
        self._atelier.edited()
        self.load()

    def _append(self):
        document = self._atelier.host.document()
        layer = self._atelier.host.active_layer(document) if document else None
        self._studio.workspace.regions.append(Region(layer.key if layer else ""))
        self._atelier.edited()
        self.load()


class _RegionRow(QtWidgets.QWidget):
    def __init__(self, atelier, section, region):
        super().__init__()
        on = QtWidgets.QCheckBox()
        on.setChecked(region.on)
        on.toggled.connect(lambda is_on: self._set(atelier, region, "on", is_on))
        layer = LayerCombo(atelier, region.layer, "Choose a layer…")
        layer.activated.connect(lambda index: self._set(atelier, region, "layer", layer.itemData(index)))
        words = QtWidgets.QLineEdit(region.prompt)
        words.setPlaceholderText("What is to be there?")
        words.textEdited.connect(lambda text: self._set(atelier, region, "prompt", text))
        layout = QtWidgets.QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setColumnStretch(1, 1)
        layout.addWidget(on, 0, 0)
        layout.addWidget(layer, 0, 1)
        layout.addWidget(tool_button("deletelayer", "Remove", lambda: section.remove(region)), 0, 2)
        layout.addWidget(words, 1, 1, 1, 2)

    def _set(self, atelier, region, name, value):
        setattr(region, name, value)
        atelier.edited()
