"""What the core needs of Krita: capture, selection, placing, preview, and what is kept with the document."""

import krita

from . import nodes
from .colours import Bench, blue_first, blue_first16, image_bytes, pixel_bytes, space_of, srgb
from .core.geometry import Bounds
from .core.host import Host, HostError, Picture, Selection
from .overlay import Overlay, canvas_of, view_of
from .qt import QtCore

_ANNOTATION = "sfumato/"


class KritaHost(Host):
    """Every method is the main thread's, as all of Krita's Python is."""

    name = "krita"

    def __init__(self, on_progress=lambda text, share: None):
        self.version = krita.Krita.instance().version()
        self._bench = Bench()
        self._overlay = None
        self._captured = None
        self._on_progress = on_progress

    def document(self):
        """The document in the active view."""
        document = krita.Krita.instance().activeDocument()
        return nodes.describe(document) if document is not None and document.rootNode() is not None else None

    def layers(self, document):
        """Paint, group, vector, file, clone and fill layers, the topmost first."""
        return nodes.list_layers(nodes.find_document(document))

    def active_layer(self, document):
        """The layer that the artist works on."""
        return nodes.active_layer(nodes.find_document(document))

    def selection(self, document):
        """The selection within the canvas; Krita's own may reach beyond it, or be empty."""
        found = nodes.find_document(document).selection()
        if found is None:
            return None
        canvas = QtCore.QRect(0, 0, document.width_px, document.height_px)
        rect = canvas.intersected(QtCore.QRect(found.x(), found.y(), found.width(), found.height()))
        if rect.isEmpty():
            return None
        bounds = Bounds(rect.x(), rect.y(), rect.width(), rect.height())
        coverage = bytes(found.pixelData(*bounds))
        return Selection(bounds, Picture(bounds.width_px, bounds.height_px, "gray8", coverage))

    def capture(self, document, bounds, layer=None):
        """The merged image, or one layer with its masks and effects, as 8-bit sRGB; transparent beyond its pixels."""
        found = nodes.find_document(document)
        found.waitForDone()
        if layer is not None:
            data = self._layer_pixels(nodes.find_layer(found, layer), bounds)
            return Picture(bounds.width_px, bounds.height_px, "rgba8", data)
        return self._merged(document, found, bounds)

    def place(self, document, bounds, picture, name):
        """A new layer on top. Its pixels are in it before the document has it: that makes them one undo step."""
        found = nodes.find_document(document)
        if (bounds.width_px, bounds.height_px) != (picture.width_px, picture.height_px):
            raise HostError(f"The result is {picture.width_px} x {picture.height_px} pixels, not the size of {bounds}.")
        layer = found.createNode(name, "paintlayer")
        layer.setPixelData(self._native(picture, space_of(layer)), *bounds)
        if not found.rootNode().addChildNode(layer, None):
            raise HostError(f"Krita did not take the new layer in “{document.title}”.")
        return nodes.describe_layer(layer).key

    def preview(self, document, bounds, picture):
        """A picture on a pane over the canvas, where the artist looks at this document."""
        window, view = view_of(document.key)
        canvas = canvas_of(window, view) if view and picture else None
        if self._overlay is not None and (canvas is None or self._overlay.canvas is not canvas):
            self._overlay.put_away()
            self._overlay = None
        if canvas is not None:
            self._overlay = self._overlay or Overlay(view, canvas)
            self._overlay.show_picture(bounds, picture)

    def progress(self, text, share):
        """Shown by the docker."""
        self._on_progress(text, share)

    def idle(self, document):
        """Whether nothing is being painted at this moment; capturing would end the stroke under the pen."""
        found = nodes.find_document(document)
        if not found.tryBarrierLock():
            return False
        found.unlock()
        return True

    def persist(self, document, name, data):
        """An annotation of the document, which Krita saves in the file. One that is closed keeps nothing any more."""
        found = nodes.open_document(document)
        if found is not None:
            found.setAnnotation(_ANNOTATION + name, "Sfumato", QtCore.QByteArray(data))

    def recall(self, document, name):
        """An annotation of the document."""
        found = nodes.find_document(document)
        if _ANNOTATION + name not in found.annotationTypes():
            return None
        return bytes(found.annotation(_ANNOTATION + name))

    def _merged(self, document, found, bounds):
        """Krita's merged image. Painting live looks ten times a second: what has not changed is not converted again."""
        space = space_of(found)
        seen = (document.key, bounds, space, found.pixelData(*bounds))
        if self._captured is None or self._captured[0] != seen:
            if self._bench.short_way_is_exact(space):
                data = image_bytes(found.projection(*bounds))
            else:
                data = blue_first(self._bench.convert(seen[-1], bounds.width_px, bounds.height_px, space, srgb()))
            self._captured = (seen, Picture(bounds.width_px, bounds.height_px, "rgba8", data))
        return self._captured[1]

    def prune(self, document, prefix, keep):
        """Take away what was kept under names that begin with `prefix` and are not among `keep`."""
        found = nodes.open_document(document)
        for name in found.annotationTypes() if found is not None else ():
            if name.startswith(_ANNOTATION + prefix) and name[len(_ANNOTATION) :] not in keep:
                found.removeAnnotation(name)

    def close(self):
        """Krita ends."""
        self._bench.close()

    def _layer_pixels(self, node, bounds):
        space, size = space_of(node), (bounds.width_px, bounds.height_px)
        raw = bytes(node.projectionPixelData(*bounds))
        if len(raw) != size[0] * size[1] * pixel_bytes(space):
            raise HostError(f"Krita does not give the pixels of the layer “{node.name()}”.")
        return blue_first(self._bench.convert(raw, *size, space, srgb()))

    def _native(self, picture, space):
        """The picture in the space of the layer that takes it."""
        deep = picture.format == "rgba16"
        raw = blue_first16(picture.data) if deep else blue_first(picture.data)
        size = (picture.width_px, picture.height_px)
        return self._bench.convert(raw, *size, srgb("U16" if deep else "U8"), space)
