"""The workspaces of the core as Blender's properties: one set for each purpose, on the window manager.

Nothing is stored twice: a property reads and writes the workspace itself, which the core keeps with the file.
"""

import bpy

from . import enums
from .core.modes import MODES
from .core.workspace import MAX_COUNT, Chosen
from .documents import MODES_OF, PURPOSES
from .form_properties import typed_seed
from .shared import desk

#: Kinds of contributions that a workspace has one of: their labels, and what they are to an artist.
SELECTED = {
    "sampler": ("Sampler", "How the picture comes out of noise, step by step"),
    "schedule": ("Schedule", "How much noise is left at each step"),
    "guider": ("Guidance", "How closely the drawing keeps to the words"),
}


def controls(purpose):
    """The property group of a purpose."""
    return getattr(bpy.context.window_manager, f"sfumato_{purpose}")


class _Bound:
    """Makes properties that read and write the workspace of one purpose."""

    def __init__(self, purpose):
        self._purpose = purpose

    @property
    def workspace(self):
        return desk().workspace(self._purpose)

    def plain(self, attribute, kind, **options):
        """An attribute of the workspace as it is."""
        return kind(
            get=lambda group: getattr(self.workspace, attribute),
            set=lambda group, value: self._put(attribute, value),
            **options,
        )

    def steps(self):
        """None is 0."""
        return bpy.props.IntProperty(
            name="Steps", description="More take longer and come out finer; 0 is what the model takes by itself",
            min=0, max=1000, soft_max=60,
            get=lambda group: self.workspace.steps or 0,
            set=lambda group, value: self._put("steps", value or None),
        )  # fmt: skip

    def seed(self):
        """Digits."""
        return bpy.props.StringProperty(
            name="Seed", description="The number that a drawing begins with, of up to 19 digits",
            get=lambda group: str(self.workspace.seed),
            set=lambda group, text: self._put("seed", typed_seed(text)),
        )  # fmt: skip

    def listed(self, attribute, rows, read, write, **words):
        """A menu; `rows()` are (value, label, help), `read()` is the value, and `write(value)` changes it."""

        def items(group, context):
            return enums.listed((self._purpose, attribute), rows())

        def put(group, index):
            value = enums.value_at(items(group, None), index)
            if value != read():
                write(value)
                desk().edited()

        return bpy.props.EnumProperty(
            items=items, get=lambda group: enums.index_of(items(group, None), read()), set=put, **words
        )

    def mode(self):
        """The modes of the purpose."""
        rows = [(name, MODES[name].label, MODES[name].help) for name in MODES_OF[self._purpose]]
        return self.listed(
            "mode", lambda: rows, lambda: self.workspace.mode, lambda value: self._put("mode", value),
            name="Mode", description="What is drawn",
        )  # fmt: skip

    def model(self):
        """The models of the catalogue."""

        def rows():
            told = [(each.id, each.title, each.family) for each in desk().session.catalogue.models]
            return [("", "Default", "The daemon's first model"), *told]

        return self.listed(
            "model", rows, lambda: self.workspace.model, lambda value: self._put("model", value),
            name="Model", description="What draws",
        )  # fmt: skip

    def selected(self, kind):
        """The contributions of a kind that work with the model."""

        def rows():
            catalogue = desk().session.catalogue
            cards = catalogue.of_kind(kind, catalogue.model(self.workspace.model))
            return [
                ("", "Default", "What the model does"),
                *((each.id, each.label, each.description) for each in cards),
            ]

        return self.listed(
            kind, rows, lambda: getattr(self.workspace, kind).id, lambda value: self._put(kind, Chosen(value)),
            name=SELECTED[kind][0], description=SELECTED[kind][1],
        )  # fmt: skip

    def _put(self, attribute, value):
        setattr(self.workspace, attribute, value)


def _group(purpose):
    """The class of a purpose's property group."""
    bound, props = _Bound(purpose), bpy.props
    annotations = {
        "prompt": bound.plain("prompt", props.StringProperty, name="Prompt", description="What you would like to see"),
        "negative_prompt": bound.plain(
            "negative_prompt", props.StringProperty, name="Without", description="What you would not like to see"
        ),
        "mode": bound.mode(),
        "model": bound.model(),
        "count": bound.plain(
            "count", props.IntProperty, name="Variations", min=1, max=MAX_COUNT, soft_max=8, default=1,
            description="How many are drawn side by side",
        ),
        "strength": bound.plain(
            "strength", props.FloatProperty, name="Strength", min=0.0, max=1.0, subtype="FACTOR",
            description="How much of what is there may change",
        ),
        "steps": bound.steps(),
        "keep_seed": bound.plain(
            "keep_seed", props.BoolProperty, name="Keep Seed",
            description="Draw with this seed every time; otherwise each drawing has one of its own",
        ),
        "seed": bound.seed(),
        **{kind: bound.selected(kind) for kind in SELECTED},
    }  # fmt: skip
    return type(f"SFUMATO_PG_{purpose}", (bpy.types.PropertyGroup,), {"__annotations__": annotations})


CLASSES = tuple(_group(purpose) for purpose in PURPOSES)


def register():
    """The window manager has a group for each purpose."""
    for purpose, group in zip(PURPOSES, CLASSES):
        setattr(bpy.types.WindowManager, f"sfumato_{purpose}", bpy.props.PointerProperty(type=group))


def unregister():
    """It has none any more."""
    for purpose in PURPOSES:
        delattr(bpy.types.WindowManager, f"sfumato_{purpose}")
