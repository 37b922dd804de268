"""GIMP's own libraries in the versions that GIMP 3 has; everything else imports them from here."""

import gi

for _name, _version in (("Babl", "0.1"), ("GdkPixbuf", "2.0"), ("Gegl", "0.4"), ("Gimp", "3.0")):
    gi.require_version(_name, _version)

from gi.repository import Babl, GdkPixbuf, Gegl, Gimp, Gio, GLib, GObject  # noqa: E402

__all__ = ["Babl", "GLib", "GObject", "GdkPixbuf", "Gegl", "Gimp", "Gio"]
