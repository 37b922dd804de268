"""How a result looks in the list: its picture, a frame where it is looked at, a tick where it was applied."""

from .qt import QtCore, QtWidgets

SIDE_PX = 68
_FRAME_PX = 3
_MOST_ROWS = 2
#: The role under which an item says whether it was applied.
APPLIED = QtCore.Qt.ItemDataRole.UserRole + 1


class Thumbnails(QtWidgets.QStyledItemDelegate):
    """Paints the items of the list. The name of a layer lies over the lower edge of its picture."""

    def sizeHint(self, option, index):
        """As large as the picture and its frame."""
        side_px = SIDE_PX + 2 * _FRAME_PX
        return QtCore.QSize(side_px, side_px)

    def paint(self, painter, option, index):
        """Frame, picture, name and tick."""
        painter.save()
        if option.state & QtWidgets.QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, option.palette.highlight())
        inner = option.rect.adjusted(_FRAME_PX, _FRAME_PX, -_FRAME_PX, -_FRAME_PX)
        pixmap = index.data(QtCore.Qt.ItemDataRole.DecorationRole)
        painter.fillRect(inner, option.palette.base())
        if pixmap is not None:
            target = QtCore.QRect(QtCore.QPoint(0, 0), pixmap.size())
            target.moveCenter(inner.center())
            painter.drawPixmap(target, pixmap)
        self._paint_words(painter, option, index, inner)
        painter.restore()

    def _paint_words(self, painter, option, index, inner):
        words = index.data(QtCore.Qt.ItemDataRole.DisplayRole) or ""
        if index.data(APPLIED):
            words = f"✓ {words}".strip()
        if words:
            line = inner.adjusted(0, inner.height() - option.fontMetrics.height() - 2, 0, 0)
            painter.fillRect(line, option.palette.window())
            painter.setPen(option.palette.windowText().color())
            shown = option.fontMetrics.elidedText(words, QtCore.Qt.TextElideMode.ElideRight, line.width() - 6)
            painter.drawText(line.adjusted(3, 0, -3, 0), QtCore.Qt.AlignmentFlag.AlignVCenter, shown)


def height_of(count, width_px):
    """How high a list of so many thumbnails is: as many rows as they need, at most two."""
    side_px = SIDE_PX + 2 * _FRAME_PX
    columns = max(1, width_px // side_px)
    return min(_MOST_ROWS, -(-max(1, count) // columns)) * side_px + 6
