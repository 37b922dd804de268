"""The results themselves, kept in the document, so that they come back without the daemon that drew them."""

import threading

from .colours import image_bytes
from .core.host import HostError, Picture
from .pixels import to_image
from .qt import QtCore, QtGui

_PREFIX = "result-"
#: How many results a document carries; older ones are known by their recipe and fetched from the daemon.
_MOST = 24


class Keepsakes(QtCore.QObject):
    """Encodes results as PNG beside the main thread and hands them to the host on it."""

    encoded = QtCore.pyqtSignal(object, str, bytes)

    def __init__(self, studio):
        super().__init__()
        self._studio = studio
        self._kept = set()
        self._order = {}
        self.encoded.connect(self._keep, QtCore.Qt.ConnectionType.QueuedConnection)

    def gather(self):
        """Keep what has arrived since the last time."""
        for result in self._studio.results:
            name = (result.document.key, result.sha256)
            eight_bit = result.picture is not None and result.picture.format == "rgba8"
            if eight_bit and result.sha256 and name not in self._kept:
                self._kept.add(name)
                threading.Thread(target=self._encode, args=(result,), daemon=True).start()

    def bring_back(self):
        """The results of a document that was opened: listed again, with their pixels where it has them."""
        for entry in self._studio.history.entries[:_MOST]:
            result = self._studio.reopen(entry)
            if result.picture is None:
                result.picture = self._recalled(result)
                self._kept.add((result.document.key, result.sha256))
                self._order.setdefault(result.document.key, []).insert(0, _PREFIX + result.sha256)

    def _recalled(self, result):
        try:
            data = self._studio.host.recall(result.document, _PREFIX + result.sha256)
        except HostError:
            return None
        image = QtGui.QImage.fromData(data) if data else QtGui.QImage()
        return None if image.isNull() else _picture(image)

    def _encode(self, result):
        buffer = QtCore.QBuffer()
        buffer.open(QtCore.QIODevice.OpenModeFlag.WriteOnly)
        to_image(result.picture).save(buffer, "PNG")
        self.encoded.emit(result.document, result.sha256, bytes(buffer.data()))

    def _keep(self, document, sha256, data):
        newest = self._order.setdefault(document.key, [])
        newest.append(_PREFIX + sha256)
        del newest[:-_MOST]
        self._studio.host.persist(document, _PREFIX + sha256, data)
        self._studio.host.prune(document, _PREFIX, newest)


def _picture(image):
    return Picture(image.width(), image.height(), "rgba8", image_bytes(image))
