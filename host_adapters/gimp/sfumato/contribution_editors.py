"""What edits a contribution of the workspace: which one, and its form; alone, or in a chain of any number."""

from typing import Any, Callable, List, Optional, Tuple

import form_widgets
from core.catalogue import Catalogue, Contribution, Model
from core.form import Form
from core.workspace import Chosen
from form_widgets import Options
from gtk_libraries import Gtk
from layout import dim, grid, icon_button, label

Told = Callable[[], None]


class FormGrid(Gtk.Box):
    """The form of one contribution, over the values of a `Chosen`; `told` is called after each change."""

    def __init__(self, form: Form, chosen: Chosen, told: Told, layers: Options, models: Options) -> None:
        super().__init__(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        self._form, self._chosen, self._told = form, chosen, told
        self._rows: List[Tuple[str, List[Gtk.Widget]]] = []
        values = form.values(chosen.values)
        for group, widgets in form.groups():
            if group:
                self.pack_start(dim(group), False, False, 0)
            table = grid()
            for row, widget in enumerate(widgets):
                name = form_widgets.label_of(widget)
                changed = self._setter(widget.id)
                made = form_widgets.widget_of(widget, values[widget.id], changed, layers, models)
                table.attach(name, 0, row, 1, 1)
                table.attach(made, 1, row, 1, 1)
                self._rows.append((widget.id, [name, made]))
            self.pack_start(table, False, False, 0)
        self._enable()

    def _setter(self, parameter: str) -> Callable[[Any], None]:
        def take(value: Any) -> None:
            self._chosen.values[parameter] = value
            self._enable()
            self._told()

        return take

    def _enable(self) -> None:
        values = self._form.values(self._chosen.values)
        for parameter, widgets in self._rows:
            for each in widgets:
                each.set_sensitive(self._form.enabled(parameter, values))


class SelectionEditor(Gtk.Box):
    """One contribution of a kind, or the model's default, and its form below."""

    def __init__(
        self,
        words: str,
        kind: str,
        catalogue: Catalogue,
        model: Optional[Model],
        chosen: Chosen,
        told: Told,
        options: Any,
    ) -> None:
        super().__init__(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        self._card_of = lambda contribution_id: catalogue.selected(kind, contribution_id, model)
        self._chosen, self._told, self._options = chosen, told, options
        default = self._card_of("")
        names = {card.id: card.label for card in catalogue.of_kind(kind, model)}
        first = default.label if default else "The model decides"
        choices = [("", f"{first} (default)"), *sorted(names.items(), key=_by_label)]
        table = grid()
        table.attach(label(words), 0, 0, 1, 1)
        combo = form_widgets.choice(choices, chosen.id, self._choose)
        combo.set_hexpand(True)
        table.attach(combo, 1, 0, 1, 1)
        self.pack_start(table, False, False, 0)
        self._place = Gtk.Box(margin_start=12, no_show_all=True)
        self.pack_start(self._place, False, False, 0)
        self._show()

    def _choose(self, contribution_id: str) -> None:
        if contribution_id != self._chosen.id:
            self._chosen.id, self._chosen.values = contribution_id, {}
            self._show()
            self._told()

    def _show(self) -> None:
        for each in self._place.get_children():
            each.destroy()
        card = self._card_of(self._chosen.id)
        if card and card.form.widgets:
            expander = Gtk.Expander(label=f"Settings of {card.label}", hexpand=True)
            expander.add(FormGrid(card.form, self._chosen, self._told, *self._options))
            self._place.pack_start(expander, True, True, 0)
        for each in self._place.get_children():
            each.show_all()
        self._place.set_visible(bool(self._place.get_children()))


class ChainEditor(Gtk.Box):
    """Any number of contributions in their order, each with its form; one is added from a list."""

    def __init__(
        self, empty_words: str, add_words: str, cards: List[Contribution], chain: List[Chosen], told: Told, options: Any
    ) -> None:
        super().__init__(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        self._empty_words, self._cards, self._chain, self._told, self._options = (
            empty_words,
            cards,
            chain,
            told,
            options,
        )
        self._rows = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        self.pack_start(self._rows, False, False, 0)
        choices = [("", add_words), *sorted(((card.id, card.label) for card in cards), key=_by_label)]
        self._add = form_widgets.choice(choices, "", self._added)
        self.pack_start(self._add, False, False, 0)
        self._show()

    def _added(self, contribution_id: str) -> None:
        if contribution_id:
            self._chain.append(Chosen(contribution_id))
            self._add.set_active_id("")
            self._changed()

    def _changed(self) -> None:
        self._show()
        self._told()

    def _show(self) -> None:
        for each in self._rows.get_children():
            each.destroy()
        if not self._chain:
            self._rows.pack_start(dim(self._empty_words), False, False, 0)
        for place, chosen in enumerate(self._chain):
            self._rows.pack_start(self._row(place, chosen), False, False, 0)
        self._rows.show_all()

    def _row(self, place: int, chosen: Chosen) -> Gtk.Widget:
        card = next((each for each in self._cards if each.id == chosen.id), None)
        head = Gtk.Box(spacing=6)
        use = Gtk.CheckButton(label=card.label if card else f"{chosen.id} (not there)", active=chosen.on)
        use.set_tooltip_text(card.description if card else "No installed plugin has it.")
        use.connect("toggled", lambda each: self._use(chosen, each.get_active()))
        head.pack_start(use, True, True, 0)
        if place:
            head.pack_start(icon_button("go-up-symbolic", "Earlier", lambda: self._move(place)), False, False, 0)
        head.pack_start(icon_button("list-remove-symbolic", "Take out", lambda: self._take_out(place)), False, False, 0)
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        box.pack_start(head, False, False, 0)
        if card and card.form.widgets:
            form = FormGrid(card.form, chosen, self._told, *self._options)
            form.set_margin_start(24)
            box.pack_start(form, False, False, 0)
        return box

    def _use(self, chosen: Chosen, on: bool) -> None:
        chosen.on = on
        self._told()

    def _move(self, place: int) -> None:
        self._chain.insert(place - 1, self._chain.pop(place))
        self._changed()

    def _take_out(self, place: int) -> None:
        del self._chain[place]
        self._changed()


def _by_label(row: Tuple[str, str]) -> str:
    return row[1].lower()
