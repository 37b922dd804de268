"""Presets: ways of working under a name, for all documents."""

from .fields import combo, fill
from .qt import QtWidgets
from .section import Section, tool_button


class PresetSection(Section):
    """Choosing one replaces the settings; words and pictures of the document stay where they belong."""

    def __init__(self, atelier):
        super().__init__("Presets", "Keep these settings under a name, and use them in other documents")
        self._atelier, self._studio = atelier, atelier.studio
        self._combo = combo([])
        self._combo.activated.connect(self._use)
        row = QtWidgets.QHBoxLayout()
        row.addWidget(self._combo, 1)
        row.addWidget(tool_button("document-save", "Keep the settings of now under a name", self._save))
        row.addWidget(tool_button("deletelayer", "Delete this preset", self._delete))
        self.body.addLayout(row)

    def load(self):
        """List the presets of now."""
        fill(self._combo, [("", "Choose a preset…"), *((name, name) for name in self._atelier.presets.names())])

    def _use(self, index):
        name = self._combo.itemData(index)
        if name:
            self._studio.use(self._atelier.presets.load(name, self._studio.workspace))

    def _save(self):
        words = "Name of the preset:"
        name, agreed = QtWidgets.QInputDialog.getText(self, "Sfumato", words, text=self._combo.currentData() or "")
        if agreed and name.strip():
            self._try(lambda: self._atelier.presets.save(name, self._studio.workspace))

    def _delete(self):
        name = self._combo.currentData()
        if name:
            self._try(lambda: self._atelier.presets.delete(name))

    def _try(self, act):
        try:
            act()
        except OSError as error:
            QtWidgets.QMessageBox.warning(self, "Sfumato", f"The presets could not be written: {error}")
        self.load()
