"""Results as thumbnails: one press shows a result on the canvas, then it is applied or discarded."""

from typing import Callable, Dict, List, Optional, Tuple

from core.jobs import Result
from core.studio import Studio
from gtk_libraries import GdkPixbuf, Gtk, Pango
from layout import button, column, dim, heading
from thumbnails import SIDE_PX, thumbnail

_MOST_SHOWN = 48


class ResultsView(Gtk.Box):
    """The results of the document at hand, the newest first."""

    def __init__(self, studio: Studio, apply: Callable[[Result], None]) -> None:
        super().__init__(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        self._studio, self._apply = studio, apply
        self._pictures: Dict[str, Optional[GdkPixbuf.Pixbuf]] = {}
        self._tiles: Dict[Result, Tuple[Tuple[bool, bool], Gtk.FlowBoxChild]] = {}
        self._chosen: Optional[Result] = None
        self.flow = Gtk.FlowBox(column_spacing=6, row_spacing=6, min_children_per_line=3, max_children_per_line=8)
        self.flow.set_selection_mode(Gtk.SelectionMode.SINGLE)
        self.flow.set_activate_on_single_click(True)
        self.flow.set_valign(Gtk.Align.START)
        self.flow.connect("child-activated", lambda _, child: self._press(child.result))
        self._empty = dim("Results come here. Press one to see it on the canvas.")
        self.pack_start(self._head(), False, False, 0)
        self.pack_start(self._empty, False, False, 0)
        self.pack_start(self._scrolled(), True, True, 0)
        self.pack_start(self._buttons(), False, False, 0)

    @property
    def chosen(self) -> Optional[Result]:
        """The result that Apply and Discard mean."""
        return self._chosen

    def refresh(self) -> None:
        """Show the results as they are now."""
        shown = self._studio.shown
        listed = _in_order(self._studio.results)[:_MOST_SHOWN]
        if shown is not None:
            self._chosen = shown
        if self._chosen not in listed:
            self._chosen = None
        self._fill(listed)
        self._empty.set_visible(not listed)
        self.flow.set_visible(bool(listed))
        if self._chosen is None:
            self.flow.unselect_all()
        else:
            self.flow.select_child(self._tiles[self._chosen][1])
        self._enable()

    def _fill(self, listed: List[Result]) -> None:
        """A tile for each result; those that are there stay, for making one takes time that is felt."""
        wanted = {each: (each.state == "applied", each.picture is None) for each in listed}
        for result in [result for result, (looks, _) in self._tiles.items() if wanted.get(result) != looks]:
            self._tiles.pop(result)[1].destroy()
        for place, result in enumerate(listed):
            if result not in self._tiles:
                child = self._child(result)
                self._tiles[result] = wanted[result], child
                self.flow.insert(child, place)

    def _child(self, result: Result) -> Gtk.FlowBoxChild:
        child = Gtk.FlowBoxChild()
        child.result = result
        child.add(self._tile(result))
        child.set_tooltip_text(f"{result.name}\nPress to see it on the canvas, press again to hide it.")
        child.show_all()
        return child

    def _tile(self, result: Result) -> Gtk.Widget:
        box = column(0)
        if self._pictures.get(result.key) is None:
            self._pictures[result.key] = thumbnail(result.picture)
        picture = self._pictures[result.key]
        image = Gtk.Image.new_from_pixbuf(picture) if picture else _placeholder()
        image.set_size_request(SIDE_PX, SIDE_PX)
        overlay = Gtk.Overlay()
        overlay.add(image)
        if result.state == "applied":
            overlay.add_overlay(_mark("✓", "It is a layer already"))
        box.pack_start(overlay, False, False, 0)
        if result.layer:
            box.pack_start(Gtk.Label(label=result.layer, ellipsize=Pango.EllipsizeMode.END), False, False, 0)
        return box

    def _head(self) -> Gtk.Widget:
        return heading("Results")

    def _scrolled(self) -> Gtk.ScrolledWindow:
        made = Gtk.ScrolledWindow()
        made.set_policy(Gtk.PolicyType.NEVER, Gtk.PolicyType.AUTOMATIC)
        made.set_min_content_height(SIDE_PX + 18)
        made.add(self.flow)
        return made

    def _buttons(self) -> Gtk.Grid:
        table = Gtk.Grid(column_spacing=6, row_spacing=6, column_homogeneous=True)
        self.apply_button = button("_Apply as Layer", self._apply_chosen, "A new layer, in one undo step")
        self.discard_button = button("_Discard", self._discard_chosen, "Take it out of the list")
        self.reuse_button = button("_Use Its Seed", self._reuse_chosen, "Its prompt and seed into the form")
        self.process_button = button(
            "Run P_rocessors", self._process_chosen, "Send it through those of the page Processors"
        )
        self._all_buttons = (self.apply_button, self.discard_button, self.reuse_button, self.process_button)
        for place, each in enumerate(self._all_buttons):
            table.attach(each, place % 2, place // 2, 1, 1)
        return table

    def _enable(self) -> None:
        for each in self._all_buttons:
            each.set_sensitive(self._chosen is not None)

    def _press(self, result: Result) -> None:
        if self._studio.shown is result:
            self._chosen = None
            self.flow.unselect_all()
            self._studio.hide()
        else:
            self._chosen = result
            self._studio.show(result)

    def _apply_chosen(self) -> None:
        if self._chosen:
            self._apply(self._chosen)

    def _discard_chosen(self) -> None:
        if self._chosen:
            self._studio.discard(self._chosen)

    def _reuse_chosen(self) -> None:
        if self._chosen:
            self._studio.recall_settings(self._chosen)

    def _process_chosen(self) -> None:
        if self._chosen:
            self._studio.submit(result=self._chosen)


def _mark(sign: str, words: str) -> Gtk.Label:
    made = Gtk.Label(label=sign, halign=Gtk.Align.END, valign=Gtk.Align.START, tooltip_text=words)
    made.get_style_context().add_class("osd")
    made.set_size_request(20, 20)
    return made


def _in_order(results: List[Result]) -> List[Result]:
    """The newest drawing first; within it the images as they were drawn."""
    drawings = list(dict.fromkeys(each.ticket for each in results))
    return sorted(results, key=lambda each: (drawings.index(each.ticket), each.image_index, each.layer_index))


def _placeholder() -> Gtk.Image:
    return Gtk.Image.new_from_icon_name("image-x-generic-symbolic", Gtk.IconSize.DIALOG)
