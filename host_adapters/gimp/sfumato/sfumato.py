#!/usr/bin/env python3
"""Sfumato in GIMP 3: what GIMP starts. Asking what is in here costs no network and nothing heavy."""

import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER))

import procedures  # noqa: E402
from gimp_libraries import Gimp  # noqa: E402


class Sfumato(Gimp.PlugIn):
    """The plug-in. Each call of a procedure is a process of its own; the window's stays."""

    def do_set_i18n(self, name):  # noqa: ANN001, ANN201, D102 (GIMP's names and types)
        return False

    def do_query_procedures(self):  # noqa: ANN201, D102
        return procedures.NAMES

    def do_create_procedure(self, name):  # noqa: ANN001, ANN201, D102
        if name == procedures.WINDOW:
            return procedures.create_window(self, self._open_window)
        return procedures.create_drawing(self, name, self._draw)

    def _draw(self, procedure, run_mode, image, drawables, config, data):  # noqa: ANN001, ANN202
        from run_drawing import run

        return run(procedure, run_mode, image, config, FOLDER)

    def _open_window(self, procedure, run_mode, image, drawables, config, data):  # noqa: ANN001, ANN202
        from window_process import run

        return run(self, procedure, run_mode, image, FOLDER)


Gimp.main(Sfumato.__gtype__, sys.argv)
