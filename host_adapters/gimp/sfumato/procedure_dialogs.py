"""The two dialogs of a procedure: its arguments, as GIMP makes them, and what is going on, with a way to stop it."""

from typing import Any, Callable, Optional

from core.jobs import Job
from gtk_libraries import GimpUi, Gtk

_NAME = "sfumato"


def ask_for_arguments(procedure: Any, config: Any) -> bool:
    """Show the arguments; whether the artist wants to go on."""
    GimpUi.init(_NAME)
    dialog = GimpUi.ProcedureDialog.new(procedure, config, procedure.get_menu_label().replace("...", ""))
    dialog.set_ok_label("_Draw")
    dialog.set_default_size(480, -1)
    dialog.fill(None)
    wanted: bool = dialog.run()
    dialog.destroy()
    return wanted


class WorkingDialog:
    """A bar, words and Cancel, while a drawing runs."""

    def __init__(self, label: str) -> None:
        GimpUi.init(_NAME)
        self._dialog = Gtk.Dialog(title=f"Sfumato: {label}")
        self._dialog.add_button("_Cancel", Gtk.ResponseType.CANCEL)
        self._words = Gtk.Label(label="Waiting for Sfumato", xalign=0)
        self._bar = Gtk.ProgressBar()
        area = self._dialog.get_content_area()
        area.set_border_width(12)
        area.set_spacing(9)
        area.add(self._words)
        area.add(self._bar)
        self._dialog.set_default_size(360, -1)

    def begin(self, cancel: Callable[[], None]) -> None:
        """Show it. `cancel` is what its button and its cross do."""
        self._dialog.connect("response", lambda *_: cancel())
        self._dialog.show_all()

    def show(self, job: Optional[Job]) -> None:
        """Say how far it is."""
        if job:
            self._words.set_text(job.words)
            self._bar.set_fraction(job.share)

    def end(self) -> None:
        """Take it away."""
        self._dialog.destroy()
