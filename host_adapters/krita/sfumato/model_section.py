"""The model, and the sampler, schedule and guider that it is drawn with, each with a form of its own."""

from .core.catalogue import SELECTIONS
from .core.workspace import Chosen
from .fields import choose, combo, fill
from .form_widgets import FormBox
from .qt import QtCore, QtWidgets
from .section import Section, clear

_TOOLTIP = QtCore.Qt.ItemDataRole.ToolTipRole
_WORDS = {"sampler": "Sampler", "schedule": "Schedule", "guider": "Guidance"}


class ModelSection(Section):
    """Filled from the catalogue."""

    def __init__(self, atelier):
        super().__init__("Model", "What draws: the model, its sampler and its guidance")
        self._atelier, self._studio = atelier, atelier.studio
        self._model = combo([])
        self._model.currentIndexChanged.connect(self._choose_model)
        self.body.addWidget(self._model)
        self._boxes = {kind: _SelectionBox(atelier, kind) for kind in SELECTIONS}
        for box in self._boxes.values():
            self.body.addWidget(box)

    def load(self):
        """Show the workspace and the catalogue of now."""
        models = self._studio.session.catalogue.models
        fill(
            self._model,
            [
                ("", f"{models[0].title} (default)" if models else "Default"),
                *((model.id, model.title) for model in models),
            ],
        )
        choose(self._model, self._studio.workspace.model)
        for box in self._boxes.values():
            box.load()

    def _choose_model(self, index):
        self._studio.workspace.model = self._model.itemData(index) or ""
        self._atelier.edited()
        for box in self._boxes.values():
            box.load()


class _SelectionBox(QtWidgets.QWidget):
    """One contribution of a kind, and its form."""

    def __init__(self, atelier, kind):
        super().__init__()
        self._atelier, self._studio, self._kind = atelier, atelier.studio, kind
        self._loaded = None
        self._combo = combo([])
        self._combo.currentIndexChanged.connect(self._choose)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        row = QtWidgets.QHBoxLayout()
        label = QtWidgets.QLabel(_WORDS[kind])
        label.setMinimumWidth(64)
        row.addWidget(label)
        row.addWidget(self._combo, 1)
        layout.addLayout(row)
        self._form = QtWidgets.QVBoxLayout()
        layout.addLayout(self._form)

    def load(self):
        catalogue = self._studio.session.catalogue
        model = catalogue.model(self._studio.workspace.model)
        chosen = getattr(self._studio.workspace, self._kind)
        default = catalogue.selected(self._kind, "", model)
        offered = catalogue.of_kind(self._kind, model)
        first = f"{default.label} (default)" if default else "Default"
        fill(self._combo, [("", first), *((each.id, each.label) for each in offered)])
        for place, each in enumerate(offered):
            self._combo.setItemData(place + 1, each.description, _TOOLTIP)
        choose(self._combo, chosen.id)
        self._show_form(catalogue.selected(self._kind, chosen.id, model), chosen)

    def _show_form(self, card, chosen):
        loaded = (card, id(chosen))
        if loaded == self._loaded:
            return
        self._loaded = loaded
        clear(self._form)
        if card and card.form.widgets:
            form = FormBox(card.form, chosen.values, self._atelier)
            form.edited.connect(self._atelier.edited)
            self._form.addWidget(form)

    def _choose(self, index):
        setattr(self._studio.workspace, self._kind, Chosen(self._combo.itemData(index) or ""))
        self._atelier.edited()
        self.load()
