"""GTK and GIMP's widgets, for what is shown; procedures without a display never import this."""

import gi

for _name, _version in (("Gtk", "3.0"), ("Gdk", "3.0"), ("GdkPixbuf", "2.0"), ("GimpUi", "3.0")):
    gi.require_version(_name, _version)

from gi.repository import Gdk, GdkPixbuf, GimpUi, Gtk, Pango  # noqa: E402

__all__ = ["Gdk", "GdkPixbuf", "GimpUi", "Gtk", "Pango"]
