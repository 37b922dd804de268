"""The button of the presets: take one, keep the settings at hand as one, delete one."""

from typing import Callable

from core.presets import Presets
from core.studio import Studio
from gtk_libraries import Gtk
from layout import emptied


class PresetsButton(Gtk.MenuButton):
    """A menu that is made when it is opened. `say` tells the artist what could not be done."""

    def __init__(self, studio: Studio, presets: Presets, say: Callable[[str], None]) -> None:
        super().__init__(label="Presets")
        self._studio, self._presets, self._say = studio, presets, say
        self._menu = Gtk.Menu()
        self._menu.connect("show", lambda _: self._fill())
        self.set_popup(self._menu)
        self._fill()

    def _fill(self) -> None:
        emptied(self._menu)
        names = self._presets.names()
        for name in names:
            self._item(name, lambda name=name: self._studio.use(self._presets.load(name, self._studio.workspace)))
        if names:
            self._menu.append(Gtk.SeparatorMenuItem())
        self._item("Save These Settings…", self._save)
        for name in names:
            self._item(f"Delete “{name}”", lambda name=name: self._presets.delete(name))
        self._menu.show_all()

    def _item(self, words: str, act: Callable[[], object]) -> None:
        item = Gtk.MenuItem(label=words)
        item.connect("activate", lambda _: self._try(act))
        self._menu.append(item)

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except OSError as error:
            self._say(f"The presets could not be written: {error}")

    def _save(self) -> None:
        dialog = Gtk.Dialog(title="Save a preset", transient_for=self.get_toplevel(), modal=True)
        dialog.add_buttons("_Cancel", Gtk.ResponseType.CANCEL, "_Save", Gtk.ResponseType.OK)
        dialog.set_default_response(Gtk.ResponseType.OK)
        entry = Gtk.Entry(placeholder_text="Its name", activates_default=True)
        dialog.get_content_area().set_border_width(12)
        dialog.get_content_area().add(entry)
        dialog.show_all()
        if dialog.run() == Gtk.ResponseType.OK and entry.get_text().strip():
            self._presets.save(entry.get_text(), self._studio.workspace)
        dialog.destroy()
