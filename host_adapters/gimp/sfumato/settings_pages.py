"""The other pages: model and sampling, control and regions, processors. Made anew when the catalogue changes."""

from typing import Any, Callable, List, Tuple

import form_widgets
from contribution_editors import ChainEditor, SelectionEditor
from core.geometry import Context
from core.host import HostError
from core.studio import Studio
from core.workspace import Region
from gimp_libraries import GLib
from gtk_libraries import Gtk
from layout import button, column, dim, emptied, grid, heading, icon_button, label, page

Told = Callable[[], None]
_KINDS = (("sampler", "Sampler"), ("schedule", "Schedule"), ("guider", "Guidance"))
_CONTEXTS = [("auto", "Around the selection"), ("selection", "Only the selection"), ("whole", "The whole image")]


class SettingsPage(Gtk.Box):
    """A page over the workspace at hand."""

    def __init__(self, studio: Studio, told: Told) -> None:
        super().__init__()
        self.studio, self.told = studio, told
        self.rebuild()

    def rebuild(self) -> None:
        """Show the workspace and the catalogue as they are now."""
        emptied(self)
        self._offered = self._layers()
        box = page()
        self.fill(box)
        self.pack_start(box, True, True, 0)
        self.show_all()

    def rebuild_soon(self) -> None:
        """Rebuild once the widget that asks for it has finished its own signal."""
        GLib.idle_add(self.rebuild)

    @property
    def outdated(self) -> bool:
        """Whether the image has other layers by now than the page offers."""
        return self._offered != self._layers()

    def fill(self, box: Gtk.Box) -> None:
        """Put the page's widgets into a column. Each page has its own."""
        raise NotImplementedError  # Gtk's metaclass rules out abc.ABC

    @property
    def model(self) -> Any:
        """The model at hand; None while there is no catalogue."""
        return self.studio.session.catalogue.model(self.studio.workspace.model)

    @property
    def options(self) -> Tuple[Callable[[], List[Tuple[str, str]]], Callable[[], List[Tuple[str, str]]]]:
        """What widgets for layers and for models offer."""
        return self._layers, self._models

    def _layers(self) -> List[Tuple[str, str]]:
        try:
            document = self.studio.host.document()
            return [(each.key, each.name) for each in self.studio.host.layers(document)] if document else []
        except HostError:
            return []

    def _models(self) -> List[Tuple[str, str]]:
        return [(each.id, each.title) for each in self.studio.session.catalogue.models]


class SamplingPage(SettingsPage):
    """Model, steps, sampler, schedule, guidance, and the edge of selections."""

    def fill(self, box: Gtk.Box) -> None:
        """Put the page's widgets into a column."""
        catalogue, workspace, model = self.studio.session.catalogue, self.studio.workspace, self.model
        table = grid()
        _row(table, 0, "Model", form_widgets.choice(_first_named(self._models()), workspace.model, self._choose_model))
        _row(table, 1, "Steps", self._steps(model))
        how = column(6)
        how.pack_start(table, False, False, 0)
        for kind, words in _KINDS:
            chosen = getattr(workspace, kind)
            editor = SelectionEditor(words, kind, catalogue, model, chosen, self.told, self.options)
            how.pack_start(editor, False, False, 0)
        box.pack_start(how, False, False, 0)
        box.pack_start(heading("Edge of selections"), False, False, 0)
        box.pack_start(self._edge(), False, False, 0)

    def _steps(self, model: Any) -> Gtk.Box:
        workspace, box = self.studio.workspace, Gtk.Box(spacing=6)
        default = model.default_steps if model else 20
        number = form_widgets.spin(1, 1000, 1, workspace.steps or default, 0, self._set_steps)
        own = Gtk.CheckButton(label="Own number", active=workspace.steps is not None)
        own.set_tooltip_text(f"Else {default}, which the model likes best")
        number.set_sensitive(workspace.steps is not None)

        def toggle(each: Gtk.CheckButton) -> None:
            number.set_sensitive(each.get_active())
            workspace.steps = int(number.get_value()) if each.get_active() else None
            self.told()

        own.connect("toggled", toggle)
        box.pack_start(number, True, True, 0)
        box.pack_start(own, False, False, 0)
        return box

    def _set_steps(self, value: float) -> None:
        self.studio.workspace.steps = int(value)
        self.told()

    def _edge(self) -> Gtk.Grid:
        workspace, table = self.studio.workspace, grid()

        def edge(name: str) -> Callable[[float], None]:
            def take(value: float) -> None:
                workspace.edge = workspace.edge._replace(**{name: int(value)})
                self.told()

            return take

        def context(mode: str) -> None:
            workspace.context = Context(mode, workspace.context.padding_share)
            self.told()

        grow = form_widgets.spin(0, 4096, 1, workspace.edge.grow_px, 0, edge("grow_px"))
        feather = form_widgets.spin(0, 4096, 1, workspace.edge.feather_px, 0, edge("feather_px"))
        _row(table, 0, "Grow (px)", grow)
        _row(table, 1, "Feather (px)", feather)
        _row(table, 2, "Look at", form_widgets.choice(_CONTEXTS, workspace.context.mode, context))
        return table

    def _choose_model(self, model: str) -> None:
        self.studio.workspace.model = model
        self.rebuild_soon()
        self.told()


class ControlPage(SettingsPage):
    """Conditioners, with layers as their pictures, and prompts bound to layers."""

    def fill(self, box: Gtk.Box) -> None:
        """Put the page's widgets into a column."""
        cards = self.studio.session.catalogue.of_chain("conditioners", self.model)
        empty = "A layer can steer the drawing: its lines, its depth, its pose."
        if not cards:
            empty = "The model at hand takes no control images, or no plugin for them is installed."
        chain = self.studio.workspace.conditioners
        box.pack_start(heading("Control images"), False, False, 0)
        box.pack_start(
            ChainEditor(empty, "Add a control image…", cards, chain, self.told, self.options), False, False, 0
        )
        box.pack_start(heading("Regions"), False, False, 0)
        self._fill_regions(box)

    def _fill_regions(self, box: Gtk.Box) -> None:
        can = self.studio.session.catalogue.region_conditioner(self.model) is not None
        words = "A prompt of its own where a layer has paint."
        box.pack_start(dim(words if can else "No installed plugin binds prompts to layers."), False, False, 0)
        for region in self.studio.workspace.regions:
            box.pack_start(self._region(region), False, False, 0)
        if can:
            box.pack_start(button("_Add a region", self._add_region), False, False, 0)

    def _region(self, region: Region) -> Gtk.Box:
        made, head = column(6), Gtk.Box(spacing=6)
        use = Gtk.CheckButton(active=region.on, tooltip_text="Use it")
        use.connect("toggled", lambda each: self._change(region, "on", each.get_active()))
        options = [("", "Choose a layer"), *self._layers()]
        layer = form_widgets.choice(options, region.layer, lambda key: self._change(region, "layer", key))
        head.pack_start(use, False, False, 0)
        head.pack_start(layer, True, True, 0)
        take_out = icon_button("list-remove-symbolic", "Take out", lambda: self._remove_region(region))
        head.pack_start(take_out, False, False, 0)
        prompt = form_widgets.text_area(region.prompt, lambda text: self._change(region, "prompt", text), 2)
        made.pack_start(head, False, False, 0)
        made.pack_start(prompt, False, False, 0)
        return made

    def _change(self, region: Region, name: str, value: Any) -> None:
        setattr(region, name, value)
        self.told()

    def _add_region(self) -> None:
        document = self.studio.host.document()
        active = self.studio.host.active_layer(document) if document else None
        self.studio.workspace.regions.append(Region(active.key if active else ""))
        self.rebuild_soon()
        self.told()

    def _remove_region(self, region: Region) -> None:
        self.studio.workspace.regions.remove(region)
        self.rebuild_soon()
        self.told()


class ProcessorsPage(SettingsPage):
    """What results go through, and the active layer in the mode for it."""

    def fill(self, box: Gtk.Box) -> None:
        """Put the page's widgets into a column."""
        cards = self.studio.session.catalogue.of_chain("post_processors", self.model)
        words = "Every result goes through these, in their order. The mode Process sends the active layer instead."
        box.pack_start(dim(words), False, False, 0)
        chain = self.studio.workspace.post_processors
        editor = ChainEditor("Nothing yet.", "Add a processor…", cards, chain, self.told, self.options)
        box.pack_start(editor, False, False, 0)


def _first_named(models: List[Tuple[str, str]]) -> List[Tuple[str, str]]:
    """The first model is what an empty id means."""
    first = models[0][1] if models else "The first one"
    return [("", f"{first} (default)"), *models]


def _row(table: Gtk.Grid, row: int, words: str, widget: Gtk.Widget) -> None:
    widget.set_hexpand(True)
    table.attach(label(words), 0, row, 1, 1)
    table.attach(widget, 1, row, 1, 1)
