"""Pixels from one colour space into another, by Krita's own engine, without a trace in the artist's document.

Krita converts layers only, and notes each conversion as an undo step of the layer's document. So it happens on a layer
of a document of ours that nobody sees, which is thrown away with its undo steps when they have become many.
"""

from typing import NamedTuple

import krita

from .core.host import HostError
from .qt import QtCore, QtGui

#: So much may a document remember of conversions before another one takes its place.
_MOST_NOTED_BYTES = 64 * 2**20
#: After so long without a conversion none is left, long before Krita would save them by itself.
_REST_MS = 5000

#: Colours from everywhere in sRGB.
_SIDE_PX = 64
_TRIED = bytes(
    level for at in range(_SIDE_PX**2) for level in (at * 7 % 256, (at * 13 + at // 256 * 31) % 256, at * 29 % 256, 255)
)


class Space(NamedTuple):
    """A colour space in Krita's words, such as RGBA, U16, sRGB-elle-V2-g10.icc."""

    model: str
    depth: str
    profile: str


_CHANNELS = {"A": 1, "GRAYA": 2, "CMYKA": 5}
_CHANNEL_BYTES = {"U8": 1, "U16": 2, "F16": 2, "F32": 4}
_WHOLE = ("U8", "U16")
_STEPS_BADLY = ("CMYKA", "YCbCrA")
#: Krita's own name of sRGB with its curve, and what stands in for it where a distribution leaves it out.
_SRGB_NAMES = ("sRGB-elle-V2-srgbtrc.icc", "sRGB built-in")


def srgb(depth="U8"):
    """The space in which pixels cross the line to the core."""
    known = krita.Krita.instance().profiles("RGBA", depth)
    return Space("RGBA", depth, next((name for name in _SRGB_NAMES if name in known), ""))


def space_of(thing):
    """The space of a document or of a layer."""
    return Space(thing.colorModel(), thing.colorDepth(), thing.colorProfile())


def way(source, target):
    """The spaces to go through, so that nothing is lost but by rounding.

    LittleCMS approximates between integers, up to 47 levels off; it is exact from integers into floating point.
    Krita's step from floating point into integers is exact for every model but inks and YCbCr.
    """
    alike = (source.model, source.profile) == (target.model, target.profile)
    if alike or source.depth not in _WHOLE or target.depth not in _WHOLE:
        return (source, target)
    between = source if target.model in _STEPS_BADLY else target
    return (source, between._replace(depth="F32"), target)


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
    """Where conversions happen.

    A document is used for many of them: Krita takes one apart badly while word of a conversion is on its way to it.
    """

    def __init__(self):
        self._documents = []
        self._noted_bytes = 0
        self._short = {}
        self._rest = QtCore.QTimer()
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self.close)

    def convert(self, data, width_px, height_px, source, target):
        """Raw pixels of `source`, row by row, as raw pixels of `target`."""
        return self._taken(data, width_px, height_px, way(source, target)) if source != target else bytes(data)

    def short_way_is_exact(self, space):
        """Whether Krita's own way into sRGB does as well as ours, and sooner; tried once for each space."""
        if space not in self._short:
            ours = way(space, srgb())
            there = self.convert(_TRIED, _SIDE_PX, _SIDE_PX, srgb(), space)
            back = [self._taken(there, _SIDE_PX, _SIDE_PX, each) for each in {ours, (space, srgb())}]
            self._short[space] = back[0] == back[-1]
        return self._short[space]

    def close(self):
        """Krita ends, and falls over documents that are left; or nothing was converted for a while."""
        self._rest.stop()
        for document in self._documents:
            document.waitForDone()
            document.close()
        self._documents = []

    def _taken(self, data, width_px, height_px, spaces):
        self._rest.stop()
        self._note(width_px * height_px * sum(pixel_bytes(space) for space in spaces))
        layer = self._documents[-1].createNode("conversion", "paintlayer")
        _take_to(layer, spaces[0])
        layer.setPixelData(data, 0, 0, width_px, height_px)
        for space in spaces[1:]:
            _take_to(layer, space)
        self._rest.start()
        return bytes(layer.pixelData(0, 0, width_px, height_px))

    def _note(self, noted_bytes):
        """Have a document that takes this conversion; one that has noted many is closed when it has rested."""
        if not self._documents or self._noted_bytes > _MOST_NOTED_BYTES:
            self._documents.append(krita.Krita.instance().createDocument(1, 1, "Sfumato", *srgb(), 72.0))
            self._noted_bytes = 0
        while len(self._documents) > 2:
            self._documents.pop(0).close()
        self._documents[-1].setModified(False)
        self._noted_bytes += noted_bytes


def _take_to(layer, space):
    """Convert a layer. Krita does nothing where it lacks the space, and reads beyond pixels of another size then."""
    layer.setColorSpace(*space)
    if space_of(layer)[:2] != space[:2]:
        raise HostError(f"Krita cannot convert colours to {' '.join(space)}.")
