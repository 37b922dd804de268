"""Jobs whose images are not open: fetch what comes of them into the image at hand, or cancel and forget them."""

from core.pending import Orphan
from core.studio import Studio
from gtk_libraries import Gtk, Pango
from layout import button, dim, emptied, icon_button


class OrphansView(Gtk.Box):
    """A row for each; there is nothing to see without any."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(orientation=Gtk.Orientation.VERTICAL, spacing=6, no_show_all=True)
        self._studio = studio

    def refresh(self) -> None:
        """Show the orphans as they are now."""
        emptied(self)
        orphans = self._studio.orphans
        for each in (dim("For images that are not open"), *map(self._row, orphans)):
            self.pack_start(each, False, False, 0)
            each.show_all()
        self.set_visible(bool(orphans))

    def _row(self, orphan: Orphan) -> Gtk.Box:
        row, title = Gtk.Box(spacing=6), orphan.waiting.title
        words = Gtk.Label(label=title, xalign=0, ellipsize=Pango.EllipsizeMode.END)
        words.set_tooltip_text(f"“{title}” was asked for in “{orphan.document.title}”, which is not open.")
        fetch = button("_Fetch", lambda: self._fetch(orphan), "List its results in the image at hand")
        fetch.set_sensitive(self._studio.host.document() is not None)
        forget = icon_button("window-close-symbolic", "Cancel and forget it", lambda: self._studio.dismiss(orphan))
        row.pack_start(words, True, True, 0)
        row.pack_start(fetch, False, False, 0)
        row.pack_start(forget, False, False, 0)
        return row

    def _fetch(self, orphan: Orphan) -> None:
        document = self._studio.host.document()
        if document is not None:
            self._studio.adopt(orphan, document)
