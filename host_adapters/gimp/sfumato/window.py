"""The window that stays open: what to draw above, what is going on and what came of it below."""

from typing import Callable, FrozenSet, List, Set, Tuple

from core.host import Document
from core.jobs import Result
from core.presets import Presets
from core.studio import Studio
from draw_page import DrawPage
from gimp_host import GimpHost
from gimp_libraries import Gimp
from gtk_libraries import Gdk, Gtk
from kept_recipe import keep_recipe
from layout import button, column, main_button, scrolled
from orphans_view import OrphansView
from presets_button import PresetsButton
from queue_view import QueueView
from results_view import ResultsView
from settings_pages import ControlPage, ProcessorsPage, SamplingPage, SettingsPage

_SIZE_PX = (400, 860)


class SfumatoWindow(Gtk.Window):
    """Shows a studio and hands presses on to it. `choose_image` is called when another image is picked."""

    def __init__(self, host: GimpHost, presets: Presets, choose_image: Callable[[Gimp.Image], None]) -> None:
        super().__init__(title="Sfumato", icon_name="applications-graphics")
        self.set_role("sfumato")
        self.set_default_size(*_SIZE_PX)
        self._host, self._presets, self._choose_image = host, presets, choose_image
        self._stale: Set[SettingsPage] = set()
        self._images: List[Tuple[str, str]] = []
        self._noted: Set[str] = set()
        #: Called after each change of a setting.
        self.on_setting: Callable[[], None] = lambda: None

    def show_studio(self, studio: Studio) -> None:
        """Build the window over a studio."""
        self.studio = studio
        self.draw_page = DrawPage(studio, self._setting_changed)
        self.pages = [kind(studio, self._setting_changed) for kind in (SamplingPage, ControlPage, ProcessorsPage)]
        self.queue, self.orphans = QueueView(studio), OrphansView(studio)
        self.results = ResultsView(studio, self.apply)
        box = column(0)
        for bar in (self._header(), self._status_bar(), self._notice_bar()):
            box.pack_start(bar, False, False, 0)
        panes = Gtk.Paned(orientation=Gtk.Orientation.VERTICAL)
        panes.pack1(self._notebook(), True, False)
        panes.pack2(self._below(), True, False)
        panes.set_position(430)
        box.pack_start(panes, True, True, 0)
        self.add(box)
        self.connect("focus-in-event", lambda *_: self._look_at_layers())
        box.show_all()
        self.refresh(frozenset(("session", "queue", "orphans", "results", "live", "notice")))
        self.draw_page.prompt.view.grab_focus()

    def refresh(self, changes: FrozenSet[str]) -> None:
        """Show what has changed."""
        if changes & {"catalogue", "workspace"}:
            self._rebuild_pages("workspace" in changes)
            self._end_live_with_its_mode()
        if "session" in changes:
            self._show_state()
        if "queue" in changes:
            self.queue.refresh()
        if changes & {"orphans", "workspace"}:
            self.orphans.refresh()
        if changes & {"results", "history"}:
            self.results.refresh()
        if "notice" in changes:
            self._show_notice()
        self._show_action()

    def list_images(self, images: List[Gimp.Image]) -> None:
        """The images that are open in GIMP."""
        named = [(str(image.get_id()), image.get_name()) for image in images]
        at_hand = str(self._host.image.get_id()) if self._host.image else ""
        if named != self._images or self.image_choice.get_active_id() != at_hand:
            self._images = named
            self.image_choice.handler_block(self._image_signal)
            self.image_choice.remove_all()
            for key, name in named:
                self.image_choice.append(key, name)
            self.image_choice.set_active_id(at_hand)
            self.image_choice.handler_unblock(self._image_signal)
        self.draw_button.set_sensitive(self._host.image is not None)

    def draw(self) -> None:
        """The large button: draw, or begin or end painting live."""
        if self.studio.workspace.mode != "live":
            self.studio.submit()
        elif self.studio.live.on:
            self.studio.stop_live()
        else:
            self.studio.start_live()

    def apply(self, result: Result) -> None:
        """Make a result, and the layers that belong to it, layers of its image in one undo step."""
        image = Gimp.Image.get_by_id(int(result.document.key))
        if image is None or not image.is_valid():
            self.studio.apply(result)  # which says that it was closed
            return
        image.undo_group_start()
        try:
            for each in reversed(self.studio.layers_of(result)):
                key = self.studio.apply(each)
                if key is not None:
                    keep_recipe(image, key, each)
        finally:
            image.undo_group_end()
        Gimp.displays_flush()
        self._note(result.document)

    def keep_live(self) -> None:
        """What is shown live becomes a layer."""
        shown = self.studio.live.result
        if shown is not None and self.studio.apply_live() is not None:
            self._note(shown.document)

    def _header(self) -> Gtk.Box:
        self.image_choice = Gtk.ComboBoxText(tooltip_text="The image to draw on")
        for cell in self.image_choice.get_cells():
            cell.set_property("ellipsize", 3)
        self._image_signal = self.image_choice.connect("changed", self._image_chosen)
        box = Gtk.Box(spacing=6, border_width=12)
        box.pack_start(self.image_choice, True, True, 0)
        box.pack_start(PresetsButton(self.studio, self._presets, self._say), False, False, 0)
        return box

    def _status_bar(self) -> Gtk.InfoBar:
        self.status, self.status_words, self.status_button = _bar("")
        self.status_button.connect("clicked", lambda _: self.studio.press())
        return self.status

    def _notice_bar(self) -> Gtk.InfoBar:
        self.notice, self.notice_words, close = _bar("_Close")
        self.notice.set_message_type(Gtk.MessageType.WARNING)
        close.connect("clicked", lambda _: self._say(""))
        return self.notice

    def _notebook(self) -> Gtk.Notebook:
        self.notebook = Gtk.Notebook(show_border=False)
        titles = ("Draw", "Sampling", "Control", "Processors")
        for title, page in zip(titles, (self.draw_page, *self.pages)):
            self.notebook.append_page(scrolled(page), Gtk.Label(label=title))
            self.notebook.child_set_property(self.notebook.get_nth_page(-1), "tab-expand", True)
        self.notebook.connect("switch-page", lambda _, page, number: self._freshen(number))
        return self.notebook

    def _below(self) -> Gtk.Box:
        box = column(9)
        box.set_border_width(12)
        self.draw_button = main_button("Generate", self.draw, "Ctrl+Return")
        self._on_ctrl_return(self.draw_button)
        self.live_words = Gtk.Label(xalign=0, wrap=True, max_width_chars=42, no_show_all=True)
        self.live_apply = button("_Keep as Layer", self.keep_live, "What is shown live becomes a layer")
        self.live_apply.set_no_show_all(True)
        row = Gtk.Box(spacing=6)
        row.pack_start(self.draw_button, True, True, 0)
        row.pack_start(self.live_apply, False, False, 0)
        for each in (row, self.live_words, self.queue, self.orphans):
            box.pack_start(each, False, False, 0)
        box.pack_start(self.results, True, True, 0)
        return box

    def _on_ctrl_return(self, pressed: Gtk.Button) -> None:
        keys = Gtk.AccelGroup()
        self.add_accel_group(keys)
        for key in (Gdk.KEY_Return, Gdk.KEY_KP_Enter):
            pressed.add_accelerator("clicked", keys, key, Gdk.ModifierType.CONTROL_MASK, Gtk.AccelFlags.VISIBLE)

    def _rebuild_pages(self, other_workspace: bool) -> None:
        if other_workspace:
            self.draw_page.rebuild()
        self._stale = set(self.pages)
        self._freshen(self.notebook.get_current_page())

    def _freshen(self, number: int) -> None:
        """Build the page that is looked at; the others wait until they are."""
        page = self.pages[number - 1] if number > 0 else None
        if page in self._stale:
            self._stale.discard(page)
            page.rebuild()

    def _look_at_layers(self) -> bool:
        """The artist comes back from GIMP's window, perhaps with new layers to choose from."""
        self._stale |= {page for page in self.pages if page.outdated}
        self._freshen(self.notebook.get_current_page())
        return False

    def _show_state(self) -> None:
        state = self.studio.session.state
        self.status.set_visible(state.name != "ready")
        self.status.set_message_type(_MESSAGES.get(state.name, Gtk.MessageType.WARNING))
        self.status_words.set_markup(f"<b>{_safe(state.title)}</b>  {_safe(state.words)}")
        self.status_button.set_label(state.button)
        self.status_button.set_visible(bool(state.button))

    def _show_notice(self) -> None:
        self.notice_words.set_text(self.studio.notice)
        self.notice.set_visible(bool(self.studio.notice))

    def _show_action(self) -> None:
        workspace, live = self.studio.workspace, self.studio.live
        words = workspace.mode_at_hand.label
        if workspace.mode == "live":
            words = "Stop Painting Live" if live.on else "Start Painting Live"
        self.draw_button.get_child().set_text(words)
        self.live_apply.set_visible(live.result is not None)
        self.live_words.set_visible(live.on)
        self.live_words.set_text(self._words_of_live())

    def _words_of_live(self) -> str:
        live = self.studio.live
        if self.studio.session.state.name != "ready":
            return "Paused: Sfumato is being reached again."
        return live.paused or ("Drawing…" if live.working else "Up to date. Paint, and it follows.")

    def _note(self, document: Document) -> None:
        """Say what an image has made of a result, once."""
        words = self._host.note(document)
        if words and document.key not in self._noted:
            self._noted.add(document.key)
            self._say(words)

    def _say(self, words: str) -> None:
        self.studio.notice = words
        self._show_notice()

    def _end_live_with_its_mode(self) -> None:
        """Painting live is a mode like others: who chooses another one, or an image in another one, has enough."""
        if self.studio.live.on and self.studio.workspace.mode != "live":
            self.studio.stop_live()

    def _setting_changed(self) -> None:
        self._end_live_with_its_mode()
        self._show_action()
        self.on_setting()

    def _image_chosen(self, combo: Gtk.ComboBoxText) -> None:
        key = combo.get_active_id()
        if key and Gimp.Image.id_is_valid(int(key)):
            self._choose_image(Gimp.Image.get_by_id(int(key)))


_MESSAGES = {"starting": Gtk.MessageType.INFO, "off": Gtk.MessageType.INFO}


def _bar(words: str) -> Tuple[Gtk.InfoBar, Gtk.Label, Gtk.Button]:
    """A bar of words with a button, hidden until there is something to say."""
    bar = Gtk.InfoBar(no_show_all=True)
    label = Gtk.Label(xalign=0, wrap=True, max_width_chars=36, selectable=False)
    made = Gtk.Button(label=words, use_underline=True, valign=Gtk.Align.CENTER)
    bar.get_content_area().add(label)
    bar.get_action_area().add(made)
    label.show()
    made.show()
    return bar, label, made


def _safe(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
