"""The workspaces of the core as Blender's properties: one set for each purpose, on the window manager.

Nothing is stored twice: a property reads and writes the workspace itself, which the core keeps with the file.
"""

import bpy

from . import enums
from .core.form import SEED_MAX
from .core.modes import MODES
from .core.workspace import MAX_COUNT, Chosen
from .documents import PURPOSES
from .shared import desk

#: The modes that make sense for what has no selection, by purpose.
_MODES = {
    "concept": ("generate", "refine"),
    "image": ("refine", "process", "outpaint"),
    "material": ("generate",),
    "painting": ("generate",),
}
SELECTED = {"sampler": "Sampler", "schedule": "Schedule", "guider": "Guidance"}


def controls(purpose):
    """The property group of a purpose."""
    return getattr(bpy.context.window_manager, f"sfumato_{purpose}")


def _group(purpose):
    """The class of a purpose's property group."""

    def workspace():
        return desk().workspace(purpose)

    def plain(attribute, kind, **options):
        def put(self, value):
            setattr(workspace(), attribute, value)

        return kind(get=lambda self: getattr(workspace(), attribute), set=put, **options)

    def model_items(self, context):
        rows = [(each.id, each.title, each.family) for each in desk().session.catalogue.models]
        return enums.listed((purpose, "model"), [("", "Default", "The daemon's first model"), *rows])

    def mode_items(self, context):
        rows = [(name, MODES[name].label, MODES[name].help) for name in _MODES[purpose]]
        return enums.listed((purpose, "mode"), rows)

    def named(name, items, label, text):
        def put(self, index):
            setattr(workspace(), name, enums.value_at(items(self, None), index))
            desk().edited()

        return bpy.props.EnumProperty(
            name=label,
            description=text,
            items=items,
            get=lambda self: enums.index_of(items(self, None), getattr(workspace(), name)),
            set=put,
        )

    def chosen(kind):
        def items(self, context):
            catalogue = desk().session.catalogue
            cards = catalogue.of_kind(kind, catalogue.model(workspace().model))
            rows = [(each.id, each.label, each.description) for each in cards]
            return enums.listed((purpose, kind), [("", "Default", "What the model does by itself"), *rows])

        def put(self, index):
            value = enums.value_at(items(self, None), index)
            if value != getattr(workspace(), kind).id:
                setattr(workspace(), kind, Chosen(value))
                desk().edited()

        return bpy.props.EnumProperty(
            name=SELECTED[kind],
            items=items,
            get=lambda self: enums.index_of(items(self, None), getattr(workspace(), kind).id),
            set=put,
        )

    def put_steps(self, value):
        workspace().steps = value or None

    def put_seed(self, text):
        digits = "".join(filter(str.isdigit, text))
        workspace().seed = min(int(digits or 0), SEED_MAX)

    annotations = {
        "prompt": plain("prompt", bpy.props.StringProperty, name="Prompt", description="What you would like to see"),
        "negative_prompt": plain(
            "negative_prompt", bpy.props.StringProperty, name="Without", description="What you would not like to see"
        ),
        "mode": named("mode", mode_items, "Mode", "What is drawn"),
        "model": named("model", model_items, "Model", "What draws"),
        "count": plain(
            "count", bpy.props.IntProperty, name="Variations", min=1, max=MAX_COUNT, soft_max=8, default=1,
            description="How many are drawn side by side",
        ),
        "strength": plain(
            "strength", bpy.props.FloatProperty, name="Strength", min=0.0, max=1.0, subtype="FACTOR",
            description="How much of what is there may change",
        ),
        "steps": bpy.props.IntProperty(
            name="Steps", description="0 is what the model takes by itself", min=0, max=1000, soft_max=60,
            get=lambda self: workspace().steps or 0, set=put_steps,
        ),
        "keep_seed": plain(
            "keep_seed", bpy.props.BoolProperty, name="Keep Seed", description="Draw the same again and again"
        ),
        "seed": bpy.props.StringProperty(
            name="Seed", description="Up to 19 digits", get=lambda self: str(workspace().seed), set=put_seed
        ),
        **{kind: chosen(kind) for kind in SELECTED},
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
