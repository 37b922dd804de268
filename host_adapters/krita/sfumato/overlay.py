"""A picture over the canvas that is no part of the document: a glass pane that follows zoom, turn and mirror."""

import krita

from .nodes import key_of
from .pixels import to_image
from .qt import QtCore, QtGui, QtWidgets

_FOLLOW_MS = 40


class Overlay(QtWidgets.QWidget):
    """Lies over one view's canvas and lets every click through."""

    def __init__(self, view, canvas):
        super().__init__(canvas)
        #: None once Krita has closed the view, and this widget with it.
        self.canvas = canvas
        canvas.destroyed.connect(self._closed)
        self._view = view
        self._image = None
        self._bounds = None
        self._seen = None
        for attribute in ("WA_TransparentForMouseEvents", "WA_NoSystemBackground", "WA_TranslucentBackground"):
            self.setAttribute(getattr(QtCore.Qt.WidgetAttribute, attribute))
        self._timer = QtCore.QTimer(self)
        self._timer.timeout.connect(self._follow)

    def show_picture(self, bounds, picture):
        """Lay `picture` over `bounds` of the canvas, scaled where it is smaller."""
        self._image = to_image(picture)
        self._bounds = QtCore.QRectF(*bounds)
        self._follow()
        self._timer.start(_FOLLOW_MS)
        self.show()
        self.raise_()
        self.update()

    def put_away(self):
        """Show the canvas as it is. The widget itself goes when Krita has time."""
        if self.canvas is not None:
            self._timer.stop()
            self.hide()
            self.deleteLater()

    def paintEvent(self, event):
        """Paint the picture where the view shows its part of the canvas."""
        if self._image is None:
            return
        painter = QtGui.QPainter(self)
        painter.setTransform(canvas_transform(self._view))
        painter.setRenderHint(QtGui.QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self._bounds, self._image)
        painter.end()

    def _closed(self):
        self.canvas = None

    def _follow(self):
        parent = self.parentWidget()
        seen = (parent.rect(), canvas_transform(self._view))
        if seen != self._seen:
            self._seen = seen
            self.setGeometry(parent.rect())
            self.update()


def canvas_transform(view):
    """From pixels of the image to pixels of the canvas widget. Krita speaks of points between them."""
    to_image, _ = view.flakeToImageTransform().inverted()
    return to_image * view.flakeToCanvasTransform()


def canvas_of(window, view):
    """The widget that Krita paints this view's canvas on; None where this Krita builds its window otherwise."""
    directly = QtCore.Qt.FindChildOption.FindDirectChildrenOnly
    area = window.qwindow().centralWidget().findChild(QtWidgets.QMdiArea, "", directly)
    shown = area.activeSubWindow() if area else None
    for name in ("KisOpenGLCanvas2", "KisQPainterCanvas"):
        for widget in shown.findChildren(QtWidgets.QWidget) if shown else ():
            if widget.metaObject().className() == name and hasattr(view, "flakeToCanvasTransform"):
                return widget
    return None


def view_of(document_key):
    """The window and the view that the artist looks at, if it shows this document."""
    window = krita.Krita.instance().activeWindow()
    view = window.activeView() if window else None
    document = view.document() if view else None
    return (window, view) if document is not None and key_of(document) == document_key else (None, None)
