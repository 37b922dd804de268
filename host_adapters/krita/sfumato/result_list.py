"""Thumbnails of what was drawn: look at each on the canvas, then apply or discard it."""

from .pixels import thumbnail
from .qt import QtCore, QtWidgets
from .thumbnails import APPLIED, SIDE_PX, Thumbnails, height_of

_KEY = QtCore.Qt.ItemDataRole.UserRole


class ResultList(QtWidgets.QWidget):
    """The newest first. A click shows a result on the canvas, another click the canvas as it is."""

    def __init__(self, atelier):
        super().__init__()
        self._studio = atelier.studio
        self._icons = {}
        self._list = QtWidgets.QListWidget()
        self._list.setViewMode(QtWidgets.QListView.ViewMode.IconMode)
        self._list.setResizeMode(QtWidgets.QListView.ResizeMode.Adjust)
        self._list.setMovement(QtWidgets.QListView.Movement.Static)
        self._list.setItemDelegate(Thumbnails(self._list))
        self._list.setVerticalScrollMode(QtWidgets.QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._list.itemClicked.connect(self._clicked)
        self._list.itemSelectionChanged.connect(self._enable)
        self._list.itemDoubleClicked.connect(lambda item: self.apply())
        self._list.setContextMenuPolicy(QtCore.Qt.ContextMenuPolicy.CustomContextMenu)
        self._list.customContextMenuRequested.connect(self._menu)
        self._apply = QtWidgets.QPushButton("Apply")
        self._apply.setToolTip("Make it a new layer on top. One undo step; no other layer is touched.")
        self._apply.clicked.connect(lambda _=False: self.apply())
        self._discard = QtWidgets.QPushButton("Discard")
        self._discard.setToolTip("Take it off this list.")
        self._discard.clicked.connect(lambda _=False: self.discard())
        buttons = QtWidgets.QHBoxLayout()
        buttons.addWidget(self._apply, 1)
        buttons.addWidget(self._discard, 1)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._list)
        layout.addLayout(buttons)
        self.refresh()

    def refresh(self):
        """Show the results of now; whether there are thumbnails still to be made, one at a time."""
        results = self._studio.results
        keys = [result.key for result in results]
        if keys != [self._list.item(row).data(_KEY) for row in range(self._list.count())]:
            self._fill(results)
        for row, result in enumerate(results):
            self._label(self._list.item(row), result)
        shown = self._studio.shown
        if shown is not None and shown.key in keys:
            self._list.setCurrentRow(keys.index(shown.key))
        elif shown is None:
            self._list.clearSelection()
        self._enable()
        self._fit()
        self.setVisible(bool(results))
        return self._make_one(results)

    def resizeEvent(self, event):
        """The wider the docker, the fewer rows."""
        super().resizeEvent(event)
        self._fit()

    def chosen(self):
        """The result that is looked at, or chosen in the list; None without one."""
        if self._studio.shown is not None and self._studio.shown in self._studio.results:
            return self._studio.shown
        rows = [index.row() for index in self._list.selectedIndexes()]
        return self._studio.results[rows[0]] if rows and rows[0] < len(self._studio.results) else None

    def apply(self):
        """Make the chosen one a layer."""
        result = self.chosen()
        if result is not None:
            self._studio.apply(result)

    def discard(self):
        """Take the chosen one off the list, and look at the next where one was looked at."""
        result = self.chosen()
        if result is None:
            return
        place, looking = self._studio.results.index(result), self._studio.shown is result
        self._studio.discard(result)
        rest = self._studio.results
        if looking and rest:
            self._studio.show(rest[min(place, len(rest) - 1)])

    def look_at_next(self, step):
        """Show the next result, or the one before."""
        results, shown = self._studio.results, self._studio.shown
        if results:
            place = results.index(shown) + step if shown in results else 0
            self._studio.show(results[place % len(results)])

    def _enable(self):
        for button in (self._apply, self._discard):
            button.setEnabled(self.chosen() is not None)

    def _fit(self):
        bar_px = self._list.verticalScrollBar().sizeHint().width()
        self._list.setFixedHeight(height_of(self._list.count(), self.width() - bar_px - 2 * self._list.frameWidth()))

    def _fill(self, results):
        self._list.clear()
        known = {result.key for result in results}
        self._icons = {key: icon for key, icon in self._icons.items() if key in known}
        for result in results:
            item = QtWidgets.QListWidgetItem()
            item.setData(_KEY, result.key)
            self._list.addItem(item)

    def _label(self, item, result):
        item.setData(QtCore.Qt.ItemDataRole.DecorationRole, self._icons.get(result.key))
        item.setText(result.layer or ("" if result.picture else result.title))
        item.setData(APPLIED, result.state == "applied")
        item.setToolTip(f"{result.title}\nSeed {result.seed}\nClick: look at it on the canvas. Double click: apply.")

    def _make_one(self, results):
        lacking = [each for each in results if each.picture is not None and each.key not in self._icons]
        if lacking:
            self._icons[lacking[0].key] = thumbnail(lacking[0].picture, SIDE_PX)
        return bool(lacking)

    def _clicked(self, item):
        result = self._studio.results[self._list.row(item)]
        if self._studio.shown is result:
            self._studio.hide()
        else:
            self._studio.show(result)

    def _menu(self, point):
        item = self._list.itemAt(point)
        if item is None:
            return
        result = self._studio.results[self._list.row(item)]
        menu = QtWidgets.QMenu(self)
        menu.addAction("Apply").triggered.connect(lambda: self._studio.apply(result))
        layers = self._studio.layers_of(result)
        if len(layers) > 1:
            menu.addAction(f"Apply all {len(layers)} layers").triggered.connect(lambda: self._apply_all(layers))
        menu.addAction("Use its words and seed").triggered.connect(lambda: self._studio.recall_settings(result))
        menu.addAction("Finish it with the processors").triggered.connect(lambda: self._studio.submit(result=result))
        menu.addSeparator()
        menu.addAction("Discard").triggered.connect(lambda: self._studio.discard(result))
        menu.addAction("Discard all").triggered.connect(self._discard_all)
        menu.exec(self._list.mapToGlobal(point))

    def _apply_all(self, layers):
        for layer in layers:
            self._studio.apply(layer)

    def _discard_all(self):
        for result in list(self._studio.results):
            self._studio.discard(result)
