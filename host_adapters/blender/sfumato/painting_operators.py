"""What can be done about painting meshes."""

import bpy

from . import mesh_capture
from .answers import answered, refused
from .core.host import HostError
from .painting_source import painted
from .paintings import paintings
from .views import look_of


def targets_of(context):
    """The objects that are painted: what is selected and can be, the active one first."""
    found = [each for each in context.selected_objects if each is not context.object]
    if context.object and (context.object.select_get() or not found):
        found.insert(0, context.object)
    return mesh_capture.paintable(found)


class SFUMATO_OT_paint_mesh(bpy.types.Operator):
    """Paint the selected meshes as the prompt says, from as many sides as are set; nothing else of them changes"""

    bl_idname = "sfumato.paint_mesh"
    bl_label = "Paint"

    @classmethod
    def poll(cls, context):
        """Where something can be painted and nothing is being painted."""
        return _is_free() and bool(targets_of(context))

    def execute(self, context):
        """Send the order."""
        return answered(self, paintings().paint(targets_of(context)))


class SFUMATO_OT_paint_from_view(bpy.types.Operator):
    """Paint what this 3D view sees of the selected meshes anew; what the region leaves out stays, to the last bit"""

    bl_idname = "sfumato.paint_from_view"
    bl_label = "Paint from This View"

    @classmethod
    def poll(cls, context):
        """Where there is a 3D view and something in it that can be painted."""
        return _is_free() and bool(targets_of(context)) and look_of(context) is not None

    def execute(self, context):
        """Send the order."""
        return answered(self, paintings().paint(targets_of(context), look_of(context)[1]))


class SFUMATO_OT_continue_painting(bpy.types.Operator):
    """Paint the views that were left when the last painting was stopped"""

    bl_idname = "sfumato.continue_painting"
    bl_label = "Continue"

    @classmethod
    def poll(cls, context):
        """Where one was left unfinished."""
        return _is_free() and paintings().kept is not None

    def execute(self, context):
        """Send the order again."""
        return answered(self, paintings().go_on())


class _OnPainting:
    """An operator on one painting, which `act` is given."""

    bl_options = {"INTERNAL"}

    ticket: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, context):
        """One that is gone meanwhile is no error."""
        painting = paintings().painter.get(self.ticket)
        if painting is not None:
            self.act(painting)
        return {"FINISHED"}


class SFUMATO_OT_cancel_painting(_OnPainting, bpy.types.Operator):
    """Stop this painting; it can be continued later"""

    bl_idname = "sfumato.cancel_painting"
    bl_label = "Cancel"

    def act(self, painting):
        """Tell the bridge."""
        paintings().cancel(painting.ticket)


class SFUMATO_OT_dismiss_painting(_OnPainting, bpy.types.Operator):
    """Take this message away; its objects stay as they are"""

    bl_idname = "sfumato.dismiss_painting"
    bl_label = "Dismiss"

    def act(self, painting):
        """It leaves the panel."""
        paintings().dismiss(painting.ticket)


class SFUMATO_OT_unwrap_for_painting(_OnPainting, bpy.types.Operator):
    """Add a UV layer in which nothing overlaps, and paint on it; the layers that are there stay"""

    bl_idname = "sfumato.unwrap_for_painting"
    bl_label = "Add a UV Layer and Paint"

    def act(self, painting):
        """From Object Mode, in which alone UVs can be written at once."""
        if bpy.context.mode == "EDIT_MESH":
            bpy.ops.object.mode_set(mode="OBJECT")
        paintings().make_uvs(painting)


class SFUMATO_OT_paint_as_they_are(_OnPainting, bpy.types.Operator):
    """Paint on the UVs as they are: what lies on one place of the texture gets one paint"""

    bl_idname = "sfumato.paint_as_they_are"
    bl_label = "Paint on These UVs"

    def act(self, painting):
        """Ask again."""
        paintings().as_they_are(painting)


class SFUMATO_OT_new_painting_mask(bpy.types.Operator):
    """Make a black mask of the texture's size and paint on it with the brushes of Texture Paint, in white"""

    bl_idname = "sfumato.new_painting_mask"
    bl_label = "New Mask"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        """Where an object is active that can be painted."""
        return bool(targets_of(context))

    def execute(self, context):
        """The canvas of Texture Paint is the mask from here on."""
        thing = targets_of(context)[0]
        try:
            size_px = painted([thing])[0].size[0]
        except HostError as refusal:
            return refused(self, str(refusal))
        mask = bpy.data.images.new(f"{thing.name} Mask", size_px, size_px, is_data=True)
        mask.generated_color = (0, 0, 0, 1)
        settings = context.scene.sfumato_painting
        settings.mask, settings.region = mask, "MASK"
        canvas = context.tool_settings.image_paint
        canvas.mode, canvas.canvas = "IMAGE", mask
        return {"FINISHED"}


def _is_free():
    return not paintings().painter.open()


CLASSES = (
    SFUMATO_OT_paint_mesh,
    SFUMATO_OT_paint_from_view,
    SFUMATO_OT_continue_painting,
    SFUMATO_OT_cancel_painting,
    SFUMATO_OT_dismiss_painting,
    SFUMATO_OT_unwrap_for_painting,
    SFUMATO_OT_paint_as_they_are,
    SFUMATO_OT_new_painting_mask,
)
