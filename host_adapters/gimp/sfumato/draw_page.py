"""The first page: what to draw."""

from typing import Callable, Dict, List

import form_widgets
from core.form import Widget
from core.modes import MODES
from core.studio import Studio
from gimp_libraries import GLib
from gtk_libraries import Gtk
from layout import column, dim, emptied, grid, label, page

_TILES = [("", "No"), ("xy", "Both ways"), ("x", "Horizontally"), ("y", "Vertically")]
_STRENGTH = Widget(
    "strength", "float_slider", "float", "Strength", "How much may change.", "", "", 0.5, 0, 1, 0, 1, 0.05, 2
)


class DrawPage(Gtk.Box):
    """Mode, prompt, strength, number, seed, seam. `told` is called after each change."""

    def __init__(self, studio: Studio, told: Callable[[], None]) -> None:
        super().__init__()
        self._studio, self._told = studio, told
        self._rows: Dict[str, List[Gtk.Widget]] = {}
        self.rebuild()

    def rebuild(self) -> None:
        """Show the workspace at hand."""
        emptied(self)
        self._rows = {}
        box = page()
        box.pack_start(self._mode(), False, False, 0)
        box.pack_start(self._prompt(), False, False, 0)
        box.pack_start(self._table(), False, False, 0)
        self.pack_start(box, True, True, 0)
        self.show_all()
        self._fit_mode()

    def rebuild_soon(self) -> None:
        """Rebuild once the widget that asks for it has finished its own signal."""
        GLib.idle_add(self.rebuild)

    def _mode(self) -> Gtk.Box:
        box = column(6)
        options = [(mode.id, mode.label) for mode in MODES.values()]
        self.mode = form_widgets.choice(options, self._studio.workspace.mode, self._choose_mode)
        self._help = dim("")
        box.pack_start(self.mode, False, False, 0)
        box.pack_start(self._help, False, False, 0)
        return box

    def _prompt(self) -> Gtk.Box:
        box = column(6)
        head = Gtk.Box(spacing=6)
        head.pack_start(Gtk.Label(label="Prompt", xalign=0), True, True, 0)
        head.pack_end(self._history_button(), False, False, 0)
        workspace = self._studio.workspace
        self.prompt = form_widgets.text_area(workspace.prompt, self._set("prompt"))
        self.negative = Gtk.Entry(text=workspace.negative_prompt, placeholder_text="Without: what to keep out")
        self.negative.connect("changed", lambda each: self._set("negative_prompt")(each.get_text()))
        for each in (head, self.prompt, self.negative):
            box.pack_start(each, False, False, 0)
        self._rows["prompt"] = [box]
        return box

    def _history_button(self) -> Gtk.MenuButton:
        made = Gtk.MenuButton(label="Earlier", relief=Gtk.ReliefStyle.NONE, tooltip_text="Prompts of this image")
        menu = Gtk.Menu()
        menu.connect("show", lambda each: self._fill_history(each))
        made.set_popup(menu)
        self._fill_history(menu)
        return made

    def _fill_history(self, menu: Gtk.Menu) -> None:
        emptied(menu)
        for prompt in self._studio.history.prompts[:20] or [""]:
            words = " ".join(prompt.split())
            item = Gtk.MenuItem(label=words[:60] or "No earlier prompts yet", sensitive=bool(words))
            item.connect("activate", lambda _, text=prompt: self.prompt.buffer.set_text(text))
            menu.append(item)
        menu.show_all()

    def _table(self) -> Gtk.Grid:
        workspace, table = self._studio.workspace, grid()
        strength = form_widgets.slider(_STRENGTH, workspace.strength, self._set("strength"))
        count = form_widgets.spin(1, 64, 1, workspace.count, 0, lambda each: self._set("count")(int(each)))
        tile = form_widgets.choice(_TILES, workspace.tile, self._set("tile"))
        rows = (("strength", "Strength", strength), ("count", "Images", count), ("seed", "Seed", self._seed()))
        for row, (name, words, widget) in enumerate((*rows, ("tile", "Seamless", tile))):
            named = label(words)
            widget.set_hexpand(True)
            table.attach(named, 0, row, 1, 1)
            table.attach(widget, 1, row, 1, 1)
            self._rows[name] = [named, widget]
        alpha = Gtk.CheckButton(label="Keep transparency", active=workspace.keep_alpha)
        alpha.set_tooltip_text("What is transparent on the canvas stays so in the result")
        alpha.connect("toggled", lambda each: self._set("keep_alpha")(each.get_active()))
        table.attach(alpha, 1, row + 1, 1, 1)
        self._rows["alpha"] = [alpha]
        return table

    def _seed(self) -> Gtk.Box:
        workspace, box = self._studio.workspace, Gtk.Box(spacing=6)
        self.seed = form_widgets.seed_field(workspace.seed, self._set("seed"))
        self.seed.set_placeholder_text("A new one each time")
        self._show_seed(workspace.keep_seed)
        keep = Gtk.CheckButton(
            label="Keep", active=workspace.keep_seed, tooltip_text="Else each drawing takes a new one"
        )
        keep.connect("toggled", lambda each: self._keep_seed(each.get_active()))
        box.pack_start(self.seed, True, True, 0)
        box.pack_start(keep, False, False, 0)
        return box

    def _keep_seed(self, on: bool) -> None:
        self._show_seed(on)
        self._set("keep_seed")(on)

    def _show_seed(self, kept: bool) -> None:
        self.seed.set_sensitive(kept)
        self.seed.set_text(str(self._studio.workspace.seed) if kept else "")

    def _choose_mode(self, mode: str) -> None:
        self._studio.workspace.mode = mode
        self.rebuild_soon()
        self._told()

    def _fit_mode(self) -> None:
        """Show what the mode takes."""
        mode = self._studio.workspace.mode_at_hand
        self._help.set_text(mode.help)
        shown = {
            "prompt": mode.prompt,
            "strength": not mode.fixed_strength,
            "count": mode.id not in ("live", "process"),
            "alpha": mode.id in ("refine", "live"),
        }
        shown.update(seed=mode.id != "process", tile=mode.start in ("noise", "canvas") and not mode.selection)
        for name, widgets in self._rows.items():
            for each in widgets:
                each.set_visible(shown.get(name, True))

    def _set(self, name: str) -> Callable[[object], None]:
        def take(value: object) -> None:
            setattr(self._studio.workspace, name, value)
            self._told()

        return take
