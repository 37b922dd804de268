"""What can be done with materials."""

import bpy

from . import material_placing
from .answers import asked, asked_with_picture, refused
from .earlier_materials import bring_back, slot_of
from .materials import materials
from .references import Reference
from .shared import desk
from .variations import READY


def targets_of(context):
    """The selected objects that can wear a material."""
    return [each for each in context.selected_objects if material_placing.takes_materials(each)]


def wanted_of(context):
    """References of what a material goes onto when it is done."""
    chosen = targets_of(context) if context.scene.sfumato.apply_when_done else []
    return [Reference.to("objects", each) for each in chosen]


class _OnSlot:
    """An operator on one variation: `act` does it, and says whether it could."""

    bl_options = {"INTERNAL"}

    key: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, context):
        """One that is gone meanwhile is told."""
        slot = materials().board.find(self.key)
        if slot is None:
            self.report({"WARNING"}, "This variation is not there any more")
        return {"FINISHED"} if slot and self.act(context, slot) else {"CANCELLED"}


class _OnActiveMaterial:
    """An operator on the active object's material."""

    @classmethod
    def poll(cls, context):
        """Where it was drawn here."""
        return active_material(context) is not None


class SFUMATO_OT_draw_material(bpy.types.Operator):
    """Draw seamless materials as the prompt says; the first one goes onto what is selected"""

    bl_idname = "sfumato.draw_material"
    bl_label = "Draw Material"

    def execute(self, context):
        """Ask for them; nothing of the file changes before they are finished."""
        wanted = wanted_of(context)
        return asked(self, lambda: materials().draw(wanted))


class SFUMATO_OT_material_from_image(bpy.types.Operator):
    """Make an image seamless and derive all maps of a material from it; nothing of it is drawn anew"""

    bl_idname = "sfumato.material_from_image"
    bl_label = "Material from Image"

    name: bpy.props.StringProperty(options={"SKIP_SAVE"})

    def execute(self, context):
        """From the image with this name, else from the picture that the scene's settings name."""
        source = bpy.data.images.get(self.name) if self.name else context.scene.sfumato.source
        if source is None:
            return refused(self, "Choose an image first")
        name, wanted = source.name, wanted_of(context)
        return asked_with_picture(self, source, lambda picture: materials().from_picture(picture, name, wanted))


class SFUMATO_OT_apply_variation(_OnSlot, bpy.types.Operator):
    """Put this material on what is selected; in Edit Mode on the selected faces"""

    bl_idname = "sfumato.apply_variation"
    bl_label = "Apply"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}

    def act(self, context, slot):
        """One undo step; without a selection the material is made all the same."""
        return materials().apply(slot, targets_of(context))


class SFUMATO_OT_draw_again(_OnSlot, bpy.types.Operator):
    """Draw this one anew with another seed and keep the others; what wears it wears the new one"""

    bl_idname = "sfumato.draw_again"
    bl_label = "Re-roll"

    def act(self, context, slot):
        """Ask for one more."""
        return materials().draw_again(slot)


class SFUMATO_OT_enlarge_variation(_OnSlot, bpy.types.Operator):
    """Enlarge this one, seamless as before, with new maps; what wears it wears the larger one"""

    bl_idname = "sfumato.enlarge_variation"
    bl_label = "Upscale"

    factor: bpy.props.FloatProperty(name="Factor", default=2.0, min=1.0, max=8.0)

    def act(self, context, slot):
        """Ask for it."""
        return materials().enlarge(slot, self.factor)


class SFUMATO_OT_keep_variation(_OnSlot, bpy.types.Operator):
    """The next drawing leaves this one in its place"""

    bl_idname = "sfumato.keep_variation"
    bl_label = "Keep"

    def act(self, context, slot):
        """Turn it on or off."""
        slot.kept = not slot.kept
        return True


class SFUMATO_OT_discard_variation(_OnSlot, bpy.types.Operator):
    """Take this one away; a material that was made of it stays"""

    bl_idname = "sfumato.discard_variation"
    bl_label = "Discard"

    def act(self, context, slot):
        """One that is being drawn is cancelled."""
        materials().discard(slot)
        return True


class SFUMATO_OT_redraw_material(_OnActiveMaterial, bpy.types.Operator):
    """Draw the active material anew with another seed: what wears it wears the new one"""

    bl_idname = "sfumato.redraw_material"
    bl_label = "Re-roll Material"

    def execute(self, context):
        """From the recipe that the material carries, in any session."""
        material = active_material(context)
        reference, recipe = Reference.to("materials", material), material_placing.recipe_of(material)
        return asked(self, lambda: materials().draw_again(slot_of(desk(), materials(), reference, recipe)))


class SFUMATO_OT_refit_material(_OnActiveMaterial, bpy.types.Operator):
    """Scale the active material to the size of what is selected, by the tile size that is set"""

    bl_idname = "sfumato.refit_material"
    bl_label = "Fit to Object"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        """Set the mapping."""
        wearers = targets_of(context) or [context.object]
        if not material_placing.refit(active_material(context), wearers, context.scene.sfumato):
            self.report({"WARNING"}, "The material has no “Sfumato Mapping” node any more")
            return {"CANCELLED"}
        return {"FINISHED"}


class SFUMATO_OT_lay_out_variations(bpy.types.Operator):
    """Put a row of balls at the 3D cursor, each wearing one variation"""

    bl_idname = "sfumato.lay_out_variations"
    bl_label = "Lay Out Side by Side"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        """Where there is something to be shown, in Object Mode."""
        return context.mode == "OBJECT" and bool(_ready())

    def execute(self, context):
        """One undo step."""
        for number, slot in enumerate(_ready()):
            x, y, z = context.scene.cursor.location
            bpy.ops.mesh.primitive_uv_sphere_add(segments=64, ring_count=32, location=(x + 2.4 * number, y, z + 1))
            ball = context.object
            ball.name = slot.title
            for face in ball.data.polygons:
                face.use_smooth = True
            materials().apply(slot, [ball])
        return {"FINISHED"}


class SFUMATO_OT_bring_back(bpy.types.Operator):
    """Put this one on the board again; its pixels come from the daemon"""

    bl_idname = "sfumato.bring_back"
    bl_label = "Bring Back"

    ticket: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})
    image_index: bpy.props.IntProperty(options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, context):
        """Ask for them."""
        desk().start()
        bring_back(desk(), materials(), self.ticket, self.image_index)
        return {"FINISHED"}


def active_material(context):
    """The active object's material where it was drawn here; None else."""
    found = context.object.active_material if context.object else None
    return found if found and material_placing.recipe_of(found) else None


def _ready():
    return [slot for slot in materials().board.slots if slot.state == READY]


CLASSES = (
    SFUMATO_OT_draw_material,
    SFUMATO_OT_material_from_image,
    SFUMATO_OT_apply_variation,
    SFUMATO_OT_draw_again,
    SFUMATO_OT_enlarge_variation,
    SFUMATO_OT_keep_variation,
    SFUMATO_OT_discard_variation,
    SFUMATO_OT_redraw_material,
    SFUMATO_OT_refit_material,
    SFUMATO_OT_lay_out_variations,
    SFUMATO_OT_bring_back,
)
