"""Chains of contributions, presets, and prompts that were used before."""

import bpy

from . import enums
from .answers import refused
from .core.catalogue import CHAINS
from .core.workspace import Chosen
from .shared import desk


def _cards(self, context):
    catalogue = desk().session.catalogue
    model = catalogue.model(desk().workspace(self.purpose).model)
    cards = catalogue.of_chain(self.chain, model) if self.chain in CHAINS else []
    return enums.listed(
        ("chain", self.purpose, self.chain), [(each.id, each.label, each.description) for each in cards]
    )


def _presets(self, context):
    return enums.listed("presets", [(name, name, "") for name in desk().presets.names()])


def _prompts(self, context):
    prompts = desk().history(self.purpose).prompts
    return enums.listed(("prompts", self.purpose), [(each, each[:60], each) for each in prompts])


#: What can be done with one of a chain: its label and what it does.
_EDITS = {
    "SWITCH": ("Switch", "Switch this one on or off"),
    "UP": ("Up", "Move this one up: it comes earlier"),
    "REMOVE": ("Remove", "Take this one out"),
}


class _ForPurpose:
    purpose: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})


class SFUMATO_OT_chain_add(_ForPurpose, bpy.types.Operator):
    """Add a further one, after those that are there"""

    bl_idname = "sfumato.chain_add"
    bl_label = "Add"

    chain: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})
    contribution: bpy.props.EnumProperty(items=_cards)

    def execute(self, context):
        """Its form follows at the next turn."""
        getattr(desk().workspace(self.purpose), self.chain).append(Chosen(enums.value_of(self.contribution)))
        desk().edited()
        return {"FINISHED"}


class SFUMATO_OT_chain_edit(_ForPurpose, bpy.types.Operator):
    """Switch this one on or off, move it up, or take it out"""

    bl_idname = "sfumato.chain_edit"
    bl_label = "Edit"

    chain: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})
    index: bpy.props.IntProperty(options={"HIDDEN", "SKIP_SAVE"})
    act: bpy.props.EnumProperty(items=[(act, label, "") for act, (label, _) in _EDITS.items()])

    @classmethod
    def description(cls, context, properties):
        """What this very button does."""
        return _EDITS[properties.act][1]

    def execute(self, context):
        """One that is gone meanwhile is no error."""
        chain = getattr(desk().workspace(self.purpose), self.chain)
        if self.index < len(chain):
            if self.act == "SWITCH":
                chain[self.index].on = not chain[self.index].on
            elif self.act == "REMOVE":
                del chain[self.index]
            elif self.index:
                chain.insert(self.index - 1, chain.pop(self.index))
            desk().edited()
        return {"FINISHED"}


class SFUMATO_OT_preset_load(_ForPurpose, bpy.types.Operator):
    """Take over settings that were kept under a name"""

    bl_idname = "sfumato.preset_load"
    bl_label = "Load Preset"

    preset: bpy.props.EnumProperty(name="Preset", items=_presets)

    def execute(self, context):
        """The seed stays."""
        try:
            loaded = desk().presets.load(enums.value_of(self.preset), desk().workspace(self.purpose))
        except KeyError:
            return {"CANCELLED"}
        desk().use(self.purpose, loaded)
        return {"FINISHED"}


class SFUMATO_OT_preset_save(_ForPurpose, bpy.types.Operator):
    """Keep these settings under a name, for other files too"""

    bl_idname = "sfumato.preset_save"
    bl_label = "Save Preset"

    name: bpy.props.StringProperty(name="Name", default="Preset")

    def invoke(self, context, event):
        """Ask for the name."""
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context):
        """Write it."""
        try:
            desk().presets.save(self.name, desk().workspace(self.purpose))
        except OSError as error:
            return refused(self, f"The preset cannot be written: {error}")
        return {"FINISHED"}


class SFUMATO_OT_preset_delete(bpy.types.Operator):
    """Delete a preset"""

    bl_idname = "sfumato.preset_delete"
    bl_label = "Delete Preset"

    preset: bpy.props.EnumProperty(name="Preset", items=_presets)

    def execute(self, context):
        """Take it out of the file of presets."""
        try:
            desk().presets.delete(enums.value_of(self.preset))
        except OSError as error:
            return refused(self, f"The preset cannot be deleted: {error}")
        return {"FINISHED"}


class SFUMATO_OT_use_prompt(_ForPurpose, bpy.types.Operator):
    """Choose words that were used before"""

    bl_idname = "sfumato.use_prompt"
    bl_label = "Earlier Prompts"

    prompt: bpy.props.EnumProperty(items=_prompts)

    def execute(self, context):
        """Put it into the field."""
        desk().workspace(self.purpose).prompt = enums.value_of(self.prompt)
        return {"FINISHED"}


CLASSES = (
    SFUMATO_OT_chain_add,
    SFUMATO_OT_chain_edit,
    SFUMATO_OT_preset_load,
    SFUMATO_OT_preset_save,
    SFUMATO_OT_preset_delete,
    SFUMATO_OT_use_prompt,
)
