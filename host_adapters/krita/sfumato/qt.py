"""The Qt that Krita itself has loaded: PyQt5 in Krita 5, PyQt6 in Krita 6. Everything else imports Qt from here.

Importing the other one crashes Krita or is refused by it, so nothing is tried: Krita loads its own before any plugin.
Enums are written in full (`QtCore.Qt.ItemDataRole.UserRole`), which both understand.
"""

import sys

QT_MAJOR = 6 if "PyQt6.QtCore" in sys.modules else 5

if QT_MAJOR == 6:
    from PyQt6 import QtCore, QtGui, QtWidgets
else:
    from PyQt5 import QtCore, QtGui, QtWidgets

__all__ = ["QT_MAJOR", "QtCore", "QtGui", "QtWidgets"]
