"""The panel of the 3D view's sidebar from which meshes are painted."""

import bpy

from .painting_operators import targets_of
from .painting_wish import PURPOSE
from .paintings import paintings
from .setting_rows import draw_chain, draw_model, draw_presets, draw_prompt
from .sidebar import InOurTab, large, progress, words


class SFUMATO_PT_painting(InOurTab, bpy.types.Panel):
    """Words, buttons, and how it goes on."""

    bl_space_type = "VIEW_3D"
    bl_label = "Paint Meshes"
    bl_order = 20

    def draw(self, context):
        """Top to bottom as it is used."""
        layout, settings = self.layout, context.scene.sfumato_painting
        draw_prompt(layout, PURPOSE)
        row = layout.row(align=True)
        row.prop(settings, "size", text="")
        row.prop(settings, "view_count")
        _draw_region(layout, settings)
        if not targets_of(context):
            words(layout, "Select the meshes that are to be painted.", icon="INFO")
        large(layout).operator("sfumato.paint_mesh", icon="BRUSH_DATA")
        layout.operator("sfumato.paint_from_view", icon="VIEW3D")
        for painting in paintings().painter.paintings():
            _draw_painting(layout, painting)
        if paintings().kept is not None:
            layout.operator("sfumato.continue_painting", icon="PLAY")


class SFUMATO_PT_painting_settings(InOurTab, bpy.types.Panel):
    """Everything else."""

    bl_space_type = "VIEW_3D"
    bl_label = "Settings"
    bl_parent_id = "SFUMATO_PT_painting"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        """What becomes of the paint, then what draws it."""
        layout, settings = self.layout, context.scene.sfumato_painting
        layout.prop(settings, "target")
        layout.prop(settings, "share")
        layout.prop(settings, "follow_depth")
        layout.prop(settings, "view_px")
        draw_presets(layout, PURPOSE)
        draw_model(layout, PURPOSE)
        draw_chain(layout, PURPOSE, "conditioners")


def _draw_region(layout, settings):
    layout.prop(settings, "region")
    if settings.region == "MASK":
        row = layout.row(align=True)
        row.prop(settings, "mask", text="")
        row.operator("sfumato.new_painting_mask", text="", icon="ADD")


def _draw_painting(layout, painting):
    if painting.open:
        row = layout.row(align=True)
        progress(row, painting.share, painting.words)
        row.operator("sfumato.cancel_painting", text="", icon="X").ticket = painting.ticket
        _draw_hint(layout)
    elif painting.wants_uvs:
        box = layout.box()
        words(box, painting.fault.message, icon="UV")
        box.operator("sfumato.unwrap_for_painting", icon="UV").ticket = painting.ticket
        if "no UVs" not in painting.fault.message:
            box.operator("sfumato.paint_as_they_are").ticket = painting.ticket
        box.operator("sfumato.dismiss_painting", icon="X").ticket = painting.ticket


def _draw_hint(layout):
    shading = getattr(bpy.context.space_data, "shading", None)
    if shading and shading.type == "SOLID" and shading.color_type != "TEXTURE":
        words(layout, "Switch to Material Preview to see the paint grow.", icon="INFO")


CLASSES = (SFUMATO_PT_painting, SFUMATO_PT_painting_settings)
