"""The atelier of this Krita: made when it is first asked for, closed when Krita ends."""

from .atelier import Atelier
from .qt import QtCore

_made = []


def atelier():
    """The one that all windows share."""
    if not _made:
        _made.append(Atelier())
        QtCore.QCoreApplication.instance().aboutToQuit.connect(_made[0].close)
    return _made[0]
