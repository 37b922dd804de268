"""Documents to try things on, and what can be read off them byte by byte."""

import os

import krita
from sfumato.colours import pixel_bytes, space_of

from .runner import until

SRGB = "sRGB-elle-V2-srgbtrc.icc"


def rainbow(width_px, height_px):
    """Opaque rgba8 with every value of every channel in it, and many of their combinations."""
    pixels = bytearray()
    for place in range(width_px * height_px):
        pixels += bytes((place * 7 % 256, (place * 13 + place // 256 * 31) % 256, place * 29 % 256, 255))
    return bytes(pixels)


def open_document(width_px, height_px, model="RGBA", depth="U8", profile=SRGB):
    """A document in a view of its own, with a painted layer above Krita's background; yields until it is there."""
    document = krita.Krita.instance().createDocument(width_px, height_px, "Trial", model, depth, profile, 100.0)
    krita.Krita.instance().activeWindow().addView(document)
    yield from until(lambda: krita.Krita.instance().activeDocument() == document, "the new document")
    painted = document.createNode("Painted", "paintlayer")
    size = width_px * height_px * pixel_bytes(space_of(painted))
    painted.setPixelData((bytes(range(64)) * (size // 64 + 1))[:size], 0, 0, width_px, height_px)
    document.rootNode().addChildNode(painted, None)
    document.setActiveNode(painted)
    yield from settle(document)
    return document


def settle(document):
    """Until Krita has merged everything."""
    for _ in range(3):
        yield
        document.waitForDone()


def close(document):
    """Away with it, unsaved. Krita takes its views apart over some turns, and falls over the next one opened amid."""
    yield from settle(document)
    document.setModified(False)
    document.close()
    for _ in range(20):
        yield


def layer_names(document):
    """From the bottom to the top."""
    return [node.name() for node in document.rootNode().childNodes()]


def merged(document):
    """The raw projection."""
    return bytes(document.pixelData(0, 0, document.width(), document.height()))


def raw_layer(document, name):
    """The raw pixels of a layer within the canvas."""
    node = document.nodeByName(name)
    return bytes(node.pixelData(0, 0, document.width(), document.height()))


class Snapshot:
    """A document as it was: its merged image, its layers, and the one that was painted."""

    def __init__(self, document):
        self._document = document
        self.merged, self.names = merged(document), layer_names(document)
        self._painted = raw_layer(document, "Painted")

    def unchanged(self):
        """Whether nothing can be told from then."""
        return merged(self._document) == self.merged and layer_names(self._document) == self.names

    def painted_is_same(self):
        """Whether the painted layer has every byte that it had."""
        return raw_layer(self._document, "Painted") == self._painted

    def new_layers(self):
        """Names of the layers that came since."""
        return [name for name in layer_names(self._document) if name not in self.names]

    def outside_is_same(self, bounds, coverage):
        """Whether no pixel without coverage changed, and how many with coverage did."""
        size = pixel_bytes(space_of(self._document))
        after = merged(self._document)
        return outside_is_same(self.merged, after, size, self._document.width(), bounds, coverage)


def opened_again(document, file_name):
    """The document, saved in the home, closed, and opened again in a view."""
    path = os.path.join(os.environ["HOME"], file_name)
    document.setBatchmode(True)
    document.saveAs(path)
    yield from settle(document)
    yield from close(document)
    again = krita.Krita.instance().openDocument(path)
    krita.Krita.instance().activeWindow().addView(again)
    yield from settle(again)
    return again


def outside_is_same(before, after, pixel_size, width_px, bounds, coverage):
    """Whether no pixel without coverage changed, and how many with coverage did."""
    same, changed = True, 0
    for at in range(0, len(before), pixel_size):
        y, x = divmod(at // pixel_size, width_px)
        inside = 0 <= x - bounds.x < bounds.width_px and 0 <= y - bounds.y < bounds.height_px
        covered = inside and coverage[(y - bounds.y) * bounds.width_px + x - bounds.x]
        differs = before[at : at + pixel_size] != after[at : at + pixel_size]
        same = same and (covered or not differs)
        changed += bool(covered and differs)
    return {"outside_same": bool(same), "inside_changed": changed}


def undo(document):
    """What Ctrl+Z does, and what it was called."""
    action = krita.Krita.instance().action("edit_undo")
    action.trigger()
    yield from settle(document)
