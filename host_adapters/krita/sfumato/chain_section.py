"""Any number of contributions in their order: control images while it is drawn, processors when it is finished."""

from .core.workspace import Chosen, Workspace
from .form_widgets import FormBox
from .qt import QtWidgets
from .section import Section, clear, tool_button


class ChainSection(Section):
    """The conditioners, or the post-processors, of the workspace."""

    def __init__(self, atelier, chain, title, help_text, empty):
        super().__init__(title, help_text)
        self._atelier, self._studio, self._chain = atelier, atelier.studio, chain
        self._plain_title, self._empty = title, empty
        self._rows = QtWidgets.QVBoxLayout()
        self.body.addLayout(self._rows)
        self._add = QtWidgets.QPushButton("Add…")
        menu = QtWidgets.QMenu(self._add)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(lambda: self._offer(menu))
        self._add.setMenu(menu)
        self.body.addWidget(self._add)

    def load(self):
        """Show the workspace of now."""
        chain = getattr(self._studio.workspace, self._chain)
        clear(self._rows)
        for place, chosen in enumerate(chain):
            self._rows.addWidget(_ChainRow(self._atelier, self, place, chosen))
        self.summarise()

    def summarise(self):
        """How many are at work."""
        on = sum(chosen.on for chosen in getattr(self._studio.workspace, self._chain))
        self.set_title(f"{self._plain_title} ({on})" if on else self._plain_title)

    def remove(self, place):
        """Take one out."""
        del getattr(self._studio.workspace, self._chain)[place]
        self._changed()

    def raise_(self, place):
        """One place earlier."""
        chain = getattr(self._studio.workspace, self._chain)
        if place:
            chain[place - 1 : place + 1] = [chain[place], chain[place - 1]]
            self._changed()

    def _offer(self, menu):
        menu.clear()
        catalogue = self._studio.session.catalogue
        for card in catalogue.of_chain(self._chain, catalogue.model(self._studio.workspace.model)):
            action = menu.addAction(card.label)
            action.setToolTip(card.description)
            action.triggered.connect(lambda _=False, wanted=card.id: self._take(wanted))
        if menu.isEmpty():
            menu.addAction(self._empty).setEnabled(False)

    def _take(self, contribution_id):
        getattr(self._studio.workspace, self._chain).append(Chosen(contribution_id))
        self._changed()

    def _changed(self):
        self._atelier.edited()
        self.load()


class FinishSection(ChainSection):
    """Post-processors also work by themselves: on the active layer, or on the result that is looked at."""

    def __init__(self, atelier):
        words = "What happens to a finished picture: enlarged, cut out, turned into a material"
        super().__init__(atelier, "post_processors", "Finishing", words, "No installed plugin offers one")
        self._layer, self._result = QtWidgets.QPushButton("Active layer"), QtWidgets.QPushButton("Shown result")
        self._layer.setToolTip("Send the active layer through these processors; nothing is drawn.")
        self._layer.clicked.connect(lambda _=False: self.process(None))
        self._result.setToolTip("Send the result that you look at through these processors.")
        self._result.clicked.connect(lambda _=False: self.process(self._studio.shown))
        row = QtWidgets.QHBoxLayout()
        row.addWidget(QtWidgets.QLabel("Process"))
        row.addWidget(self._layer, 1)
        row.addWidget(self._result, 1)
        self.body.addLayout(row)

    def load(self):
        """Show the workspace of now."""
        super().load()
        self.refresh()

    def refresh(self):
        """Offer what can be processed now."""
        able = any(chosen.on for chosen in self._studio.workspace.post_processors)
        self._layer.setEnabled(able)
        self._result.setEnabled(able and self._studio.shown is not None)

    def process(self, result):
        """Send a result, or the active layer, through the processors."""
        self._atelier.open()
        wanted = Workspace.from_json({**self._studio.workspace.to_json(), "mode": "process"})
        self._studio.submit(wanted, result)


class _ChainRow(QtWidgets.QFrame):
    def __init__(self, atelier, section, place, chosen):
        super().__init__()
        self.setFrameShape(QtWidgets.QFrame.Shape.StyledPanel)
        card = atelier.studio.session.catalogue.contribution(chosen.id)
        on = QtWidgets.QCheckBox(card.label if card else f"{chosen.id} (not installed)")
        on.setToolTip(card.description if card else "")
        on.setChecked(chosen.on)
        on.toggled.connect(lambda is_on: self._switch(atelier, section, chosen, is_on))
        head = QtWidgets.QHBoxLayout()
        head.addWidget(on, 1)
        if place:
            head.addWidget(tool_button("arrow-up", "Earlier", lambda: section.raise_(place)))
        head.addWidget(tool_button("deletelayer", "Remove", lambda: section.remove(place)))
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(6, 3, 3, 3)
        layout.addLayout(head)
        if card and card.form.widgets:
            form = FormBox(card.form, chosen.values, atelier)
            form.edited.connect(atelier.edited)
            layout.addWidget(form)

    def _switch(self, atelier, section, chosen, is_on):
        chosen.on = is_on
        atelier.edited()
        section.load()
