"""The forms of contributions, made of their parameters: a property group each, for as long as somebody uses it."""

import bpy

from .core.catalogue import CHAINS, SELECTIONS
from .core.workspace import Chosen
from .documents import PURPOSES
from .form_properties import property_of
from .lasting import Lasting
from .shared import desk


class Forms:
    """A property group on the window manager for each contribution that a workspace has chosen.

    Groups are made and taken away by `sync`, on the main thread and never while something is drawn.
    """

    def __init__(self, desk):
        self._desk = desk
        self._groups = {}
        self._count = 0
        desk.listen(self._changed)

    def sync(self):
        """Have a group for everything that is chosen, and none for what is not chosen any more."""
        wanted = dict(self._wanted())
        for place in [place for place, (card, _, _) in self._groups.items() if wanted.get(place) != card]:
            self._drop(place)
        for place, card in wanted.items():
            if place not in self._groups:
                self._make(place, card)

    def close(self):
        """Take all groups away."""
        for place in list(self._groups):
            self._drop(place)

    def draw(self, layout, purpose, kind, index=None):
        """The rows of a form: groups with their headings, what has no effect greyed out, unknown kinds to be read."""
        card, _, name = self._groups.get((purpose, kind, index), (None, None, ""))
        group = getattr(bpy.context.window_manager, name, None) if name else None
        if group is None:
            return
        values = card.form.values(self._chosen((purpose, kind, index)).values)
        for heading, widgets in card.form.groups():
            column = layout.column(align=False)
            if heading:
                column.label(text=heading)
            for widget in widgets:
                row = column.row()
                row.enabled = card.form.enabled(widget.id, values)
                _draw_widget(row, group, card, widget)

    def card(self, purpose, kind, index=None):
        """The contribution that a place holds, as the catalogue describes it; None without a catalogue."""
        return self._groups.get((purpose, kind, index), (None,))[0]

    def _changed(self, names):
        if names & {"catalogue", "workspace", "file"}:
            self.sync()

    def _wanted(self):
        catalogue = self._desk.session.catalogue
        for purpose in PURPOSES:
            workspace = self._desk.workspace(purpose)
            model = catalogue.model(workspace.model)
            for kind in SELECTIONS:
                wanted = catalogue.selected(kind, getattr(workspace, kind).id, model)
                yield from _found((purpose, kind, None), wanted)
            for chain, kinds in CHAINS.items():
                for index, chosen in enumerate(getattr(workspace, chain)):
                    yield from _found((purpose, chain, index), catalogue.contribution(chosen.id, *kinds))

    def _chosen(self, place):
        purpose, kind, index = place
        found = getattr(self._desk.workspace(purpose), kind)
        if index is None:
            return found
        return found[index] if index < len(found) else Chosen()

    def _make(self, place, card):
        annotations = {}
        for number, widget in enumerate(card.form.widgets):
            made = self._property(place, card, widget)
            if made is not None:
                annotations[f"p{number}"] = made
        self._count += 1
        name = f"sfumato_form_{self._count}"
        group = type(f"SFUMATO_PG_form_{self._count}", (bpy.types.PropertyGroup,), {"__annotations__": annotations})
        bpy.utils.register_class(group)
        setattr(bpy.types.WindowManager, name, bpy.props.PointerProperty(type=group))
        self._groups[place] = (card, group, name)

    def _property(self, place, card, widget):
        def read():
            return card.form.values(self._chosen(place).values)[widget.id]

        def write(value):
            self._chosen(place).values[widget.id] = widget.cleaned(value)

        return property_of(widget, read, write, lambda: self._desk.host.pictures(place[0]))

    def _drop(self, place):
        _, group, name = self._groups.pop(place)
        delattr(bpy.types.WindowManager, name)
        bpy.utils.unregister_class(group)


def _found(place, card):
    return [(place, card)] if card else []


def _draw_widget(row, group, card, widget):
    name = f"p{card.form.widgets.index(widget)}"
    if name in group.bl_rna.properties:
        row.prop(group, name)
    else:
        row.label(text=f"{widget.label}: {widget.default}", icon="LOCKED")


forms = Lasting(lambda: Forms(desk()))
register, unregister = forms.register, forms.unregister
