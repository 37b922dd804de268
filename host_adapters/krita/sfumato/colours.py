"""Pixels from one colour space into another, by Krita's own engine, without a trace in the artist's document.

Krita converts layers only, and notes each conversion as an undo step of the layer's document. So it happens on a layer
of a document of ours that nobody sees: a clone of an empty one, thrown away afterwards with its undo steps.
"""

from typing import NamedTuple

import krita

from .qt import QtCore, QtGui

#: Krita still sends word of a conversion to its document when it is done: the clone outlives that.
_LINGER_MS = 2000


class Space(NamedTuple):
    """A colour space in Krita's words, such as RGBA, U16, sRGB-elle-V2-g10.icc."""

    model: str
    depth: str
    profile: str


_CHANNELS = {"A": 1, "GRAYA": 2, "CMYKA": 5}
_CHANNEL_BYTES = {"U8": 1, "U16": 2, "F16": 2, "F32": 4}
#: Krita's own name of sRGB with its curve, and what stands in for it where a distribution leaves it out.
_SRGB_NAMES = ("sRGB-elle-V2-srgbtrc.icc", "sRGB built-in")


def srgb(depth="U8"):
    """The space in which pixels cross the line to the core."""
    known = krita.Krita.instance().profiles("RGBA", depth)
    return Space("RGBA", depth, next((name for name in _SRGB_NAMES if name in known), ""))


def space_of(thing):
    """The space of a document or of a layer."""
    return Space(thing.colorModel(), thing.colorDepth(), thing.colorProfile())


def pixel_bytes(space):
    """How many bytes a pixel has. Krita reads and writes raw memory by it and checks nothing."""
    return _CHANNELS.get(space.model, 4) * _CHANNEL_BYTES[space.depth]


def blue_first(rgba8):
    """RGBA as BGRA or the other way round, which is how Krita keeps whole numbers."""
    swapped = bytearray(rgba8)
    swapped[0::4], swapped[2::4] = rgba8[2::4], rgba8[0::4]
    return bytes(swapped)


def blue_first16(rgba16):
    """The same for 16 bits a channel."""
    words, swapped = memoryview(rgba16).cast("H"), memoryview(bytearray(rgba16)).cast("H")
    swapped[0::4], swapped[2::4] = words[2::4], words[0::4]
    return swapped.tobytes()


def image_bytes(image):
    """The pixels of a QImage of 4 bytes a pixel, as rgba8."""
    straight = image.convertToFormat(QtGui.QImage.Format.Format_RGBA8888)
    bits = straight.constBits()
    bits.setsize(straight.sizeInBytes())
    return bytes(bits)


class Bench:
    """Where conversions happen."""

    def __init__(self):
        self._empty = None
        self._lingering = []

    def convert(self, data, width_px, height_px, source, target):
        """Raw pixels of `source`, row by row, as raw pixels of `target`."""
        if source == target:
            return bytes(data)
        document = self._fresh()
        layer = document.createNode("conversion", "paintlayer")
        layer.setColorSpace(*source)
        layer.setPixelData(data, 0, 0, width_px, height_px)
        layer.setColorSpace(*target)
        document.waitForDone()
        self._lingering.append(document)
        QtCore.QTimer.singleShot(_LINGER_MS, lambda: self._lingering.pop(0))
        return bytes(layer.pixelData(0, 0, width_px, height_px))

    def _fresh(self):
        if self._empty is None:
            self._empty = krita.Krita.instance().createDocument(1, 1, "Sfumato", *srgb(), 72.0)
        return self._empty.clone()
