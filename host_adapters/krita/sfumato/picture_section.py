"""How many, how exact, which seed, and whether it repeats; and how a selection's edge is treated."""

from .core.geometry import Context
from .fields import Number, Seed, choose, combo
from .qt import QtWidgets
from .section import Section, form_layout

_TILES = [("", "No"), ("xy", "Both ways"), ("x", "Left to right"), ("y", "Top to bottom")]
_CONTEXTS = [("auto", "Selection and a margin"), ("selection", "Selection alone"), ("whole", "Whole canvas")]
_MOST_AT_ONCE = 16


class PictureSection(Section):
    """Count, steps, seed, tiling."""

    def __init__(self, atelier):
        super().__init__("Picture", "How many, which seed, how many steps, seamless or not")
        self._atelier, self._studio = atelier, atelier.studio
        self._count = Number(1, _MOST_AT_ONCE, (1, 8))
        self._count.edited.connect(lambda count: self._set("count", count))
        self._tile = combo(_TILES)
        self._tile.currentIndexChanged.connect(lambda index: self._set("tile", self._tile.itemData(index)))
        self._steps = QtWidgets.QSpinBox()
        self._steps.setRange(0, 1000)
        self._steps.setSpecialValueText("Default")
        self._steps.setKeyboardTracking(False)
        self._steps.valueChanged.connect(lambda steps: self._set("steps", steps or None))
        self._seed = Seed()
        self._seed.setPlaceholderText("New each time")
        self._seed.edited.connect(lambda seed: self._set("seed", seed))
        self._keep = QtWidgets.QCheckBox("Keep")
        self._keep.setToolTip("Draw with this seed every time. Otherwise each picture has one of its own.")
        self._keep.toggled.connect(self._keep_seed)
        seed = QtWidgets.QHBoxLayout()
        seed.addWidget(self._seed, 1)
        seed.addWidget(self._keep)
        self._keep_alpha = QtWidgets.QCheckBox("Keep transparency")
        self._keep_alpha.setToolTip("Refine and Live: what is transparent on the canvas stays so in the result.")
        self._keep_alpha.toggled.connect(lambda on: self._set("keep_alpha", on))
        form = form_layout()
        form.addRow("Variations", self._count)
        form.addRow("Seamless", self._tile)
        form.addRow("Steps", self._steps)
        form.addRow("Seed", seed)
        form.addRow(self._keep_alpha)
        self.body.addLayout(form)

    def load(self):
        """Show the workspace of now."""
        workspace = self._studio.workspace
        self._count.set_value(workspace.count)
        choose(self._tile, workspace.tile)
        for field in (self._steps, self._keep, self._keep_alpha):
            field.blockSignals(True)
        self._steps.setValue(workspace.steps or 0)
        self._keep.setChecked(workspace.keep_seed)
        self._keep_alpha.setChecked(workspace.keep_alpha)
        for field in (self._steps, self._keep, self._keep_alpha):
            field.blockSignals(False)
        self._seed.setText(str(workspace.seed) if workspace.keep_seed else "")
        self._seed.setEnabled(workspace.keep_seed)

    def _keep_seed(self, on):
        results = self._studio.results
        if on and not self._studio.workspace.seed and results:
            self._studio.workspace.seed = (self._studio.shown or results[0]).seed
        self._set("keep_seed", on)
        self.load()

    def _set(self, name, value):
        setattr(self._studio.workspace, name, value)
        self._atelier.edited()


class EdgeSection(Section):
    """What lies around a selection, and how its edge melts into it."""

    def __init__(self, atelier):
        super().__init__("Selection", "How the edge of a selection is treated, and what the model sees around it")
        self._atelier, self._studio = atelier, atelier.studio
        self._grow = Number(0, 1024, (0, 64), 1, 0, "px")
        self._grow.edited.connect(lambda grow_px: self._edge(grow_px=grow_px))
        self._feather = Number(0, 1024, (0, 64), 1, 0, "px")
        self._feather.edited.connect(lambda feather_px: self._edge(feather_px=feather_px))
        self._share = Number(0, 50, (0, 50), 1, 0, "%")
        self._share.setToolTip("Of the selection's shorter side. The larger of both counts.")
        self._share.edited.connect(lambda percent: self._edge(feather_share=percent / 100))
        self._context = combo(_CONTEXTS)
        self._context.currentIndexChanged.connect(lambda _: self._set_context())
        self._padding = Number(0, 200, (0, 100), 5, 0, "%")
        self._padding.setToolTip("How much around the selection, of its longer side.")
        self._padding.edited.connect(lambda _: self._set_context())
        form = form_layout()
        form.addRow("Grow", self._grow)
        form.addRow("Feather", self._feather)
        form.addRow("or at least", self._share)
        form.addRow("Context", self._context)
        form.addRow("Margin", self._padding)
        self.body.addLayout(form)

    def load(self):
        """Show the workspace of now."""
        edge, context = self._studio.workspace.edge, self._studio.workspace.context
        self._grow.set_value(edge.grow_px)
        self._feather.set_value(edge.feather_px)
        self._share.set_value(round(100 * edge.feather_share))
        choose(self._context, context.mode)
        self._padding.set_value(round(100 * context.padding_share))
        self._padding.setEnabled(context.mode == "auto")

    def _edge(self, **changed):
        self._studio.workspace.edge = self._studio.workspace.edge._replace(**changed)
        self._atelier.edited()

    def _set_context(self):
        self._studio.workspace.context = Context(self._context.currentData(), self._padding.value() / 100)
        self._padding.setEnabled(self._context.currentData() == "auto")
        self._atelier.edited()
