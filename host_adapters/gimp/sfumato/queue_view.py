"""The jobs that have not ended: how far each is, and a way to stop this one and no other."""

from typing import Dict, Tuple

from core.jobs import Job
from core.studio import Studio
from gtk_libraries import Gtk, Pango
from layout import column, icon_button


class QueueView(Gtk.Box):
    """A row for each job; a row stays where it is while its job goes on."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(orientation=Gtk.Orientation.VERTICAL, spacing=6, no_show_all=True)
        self._studio = studio
        self._rows: Dict[str, Tuple[Gtk.Box, Gtk.Label, Gtk.ProgressBar, Gtk.Button]] = {}

    def refresh(self) -> None:
        """Show the queue as it is now."""
        jobs = {job.ticket: job for job in self._studio.queue()}
        for ticket in [ticket for ticket in self._rows if ticket not in jobs]:
            self._rows.pop(ticket)[0].destroy()
        for ticket, job in jobs.items():
            if ticket not in self._rows:
                self._rows[ticket] = self._row(job)
            _, words, bar, cancel = self._rows[ticket]
            words.set_text(job.words)
            bar.set_fraction(job.share)
            cancel.set_sensitive(not job.cancelling)
        self.set_visible(bool(jobs))

    def _row(self, job: Job) -> Tuple[Gtk.Box, Gtk.Label, Gtk.ProgressBar, Gtk.Button]:
        row, text, head = Gtk.Box(spacing=6), column(3), Gtk.Box(spacing=12)
        title = Gtk.Label(label=job.title, xalign=0, ellipsize=Pango.EllipsizeMode.END, tooltip_text=job.title)
        title.set_max_width_chars(1)  # it asks for nothing and takes what the words leave
        words, bar = Gtk.Label(ellipsize=Pango.EllipsizeMode.END), Gtk.ProgressBar()
        head.pack_start(title, True, True, 0)
        head.pack_end(words, False, False, 0)
        for each in (head, bar):
            text.pack_start(each, False, False, 0)
        row.pack_start(text, True, True, 0)
        cancel = icon_button("window-close-symbolic", "Cancel this drawing", lambda: self._studio.cancel(job.ticket))
        row.pack_start(cancel, False, False, 0)
        self.pack_start(row, False, False, 0)
        row.show_all()
        return row, words, bar, cancel
