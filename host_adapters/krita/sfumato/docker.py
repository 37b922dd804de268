"""The docker: everything that an artist sees of Sfumato."""

import krita

from .ask_panel import AskPanel
from .chain_section import ChainSection, FinishSection
from .chores import Chores
from .job_list import JobList
from .model_section import ModelSection
from .orphan_list import OrphanList
from .picture_section import EdgeSection, PictureSection
from .preset_section import PresetSection
from .qt import QtCore, QtWidgets
from .region_section import RegionSection
from .result_list import ResultList
from .shared import atelier
from .status_strip import StatusStrip

_LEAST_WIDTH_PX, _LEAST_HEIGHT_PX = 280, 300


class SfumatoDocker(krita.DockWidget):
    """One for each window of Krita; all look at the same studio."""

    def __init__(self):
        super().__init__()
        self.setWindowTitle("Sfumato")
        self._atelier = atelier()
        self._chores = Chores(self)
        self.ask = AskPanel(self._atelier)
        self.results = ResultList(self._atelier)
        self._strip, self._jobs = StatusStrip(self._atelier), JobList(self._atelier)
        self._orphans = OrphanList(self._atelier)
        control = ("Control layers", "Layers that guide the drawing: lines, depth, references", "No plugin offers one")
        self.finish = FinishSection(self._atelier)
        self._sections = [
            PictureSection(self._atelier),
            EdgeSection(self._atelier),
            ChainSection(self._atelier, "conditioners", *control),
            RegionSection(self._atelier),
            self.finish,
            ModelSection(self._atelier),
            PresetSection(self._atelier),
        ]
        self.setWidget(self._arranged())
        self._atelier.changed.connect(self._changed)
        self._load()

    def canvasChanged(self, canvas):
        """Krita's word that the artist looks at something else. Nothing is started before the docker was seen."""
        if self.isVisible():
            self._atelier.open()

    def showEvent(self, event):
        """The docker is seen: connect, after Krita has drawn it."""
        super().showEvent(event)
        QtCore.QTimer.singleShot(0, self._atelier.open)

    def _arranged(self):
        inner = QtWidgets.QWidget()
        layout = QtWidgets.QVBoxLayout(inner)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        for widget in (self._strip, self.ask, self._jobs, self._orphans, self.results, *self._sections):
            layout.addWidget(widget)
        layout.addStretch(1)
        area = QtWidgets.QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setMinimumSize(_LEAST_WIDTH_PX, _LEAST_HEIGHT_PX)
        return area

    def _changed(self, changes):
        if changes & {"session", "notice"}:
            self._chores.add(self._strip.refresh)
        if changes & {"queue", "progress"}:
            self._chores.add(self._jobs.refresh)
        if changes & {"orphans", "document"}:
            self._chores.add(self._orphans.refresh)
        if changes & {"results", "document"}:
            self._chores.add(self.results.refresh)
            self._chores.add(self.finish.refresh)
        if changes & {"workspace", "catalogue", "document", "live"}:
            self._chores.add(self.ask.load)
        if changes & {"workspace", "catalogue", "document"}:
            for section in self._sections:
                self._chores.add(section.load_soon)

    def _load(self):
        self.ask.load()
        for section in self._sections:
            section.load_soon()
