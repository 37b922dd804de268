"""The panels of the sidebar: materials, concept art and images, with what can be set about each."""

import bpy

from . import makers
from .controls import controls
from .material_operators import active_material
from .materials import materials
from .picture_operators import image_of
from .pictures import pictures
from .session_panels import CATEGORY, words
from .setting_rows import draw_chain, draw_model, draw_presets, draw_prompt
from .shared import desk
from .variations import DRAWING

_MOST_BACK = 8


class _Panel:
    bl_region_type = "UI"
    bl_category = CATEGORY

    @classmethod
    def poll(cls, context):
        return desk() is not None


class _Materials(_Panel):
    bl_label = "Materials"
    bl_order = 10

    def draw(self, context):
        """The words, the button, the variations."""
        layout, settings = self.layout, context.scene.sfumato
        draw_prompt(layout, "material")
        row = layout.row(align=True)
        row.prop(settings, "size", text="")
        row.prop(controls("material"), "count")
        button = layout.row()
        button.scale_y = 1.5
        button.operator("sfumato.draw_material", icon="MATERIAL")
        layout.prop(settings, "apply_when_done")
        catalogue = desk().session.catalogue
        if catalogue.models and makers.maps_maker(catalogue) is None:
            words(layout.box(), makers.NO_MAPS, icon="ERROR")
        _draw_board(layout)
        _draw_active(layout, context)


def _draw_board(layout):
    slots = materials().board.slots
    if not slots:
        return
    grid = layout.grid_flow(row_major=True, columns=2, even_columns=True, even_rows=True, align=False)
    for slot in slots:
        _draw_slot(grid.box().column(align=True), slot)
    layout.operator("sfumato.lay_out_variations", icon="SPHERE")


def _draw_slot(column, slot):
    icon = materials().thumbnails.icon(slot.made.key if slot.made else slot.key)
    if icon:
        column.template_icon(icon_value=icon, scale=5.0)
    column.label(
        text="Drawing" if slot.state == DRAWING else slot.title, icon="SORTTIME" if slot.state == DRAWING else "NONE"
    )
    if slot.state != DRAWING:
        _draw_slot_buttons(column.row(align=True), slot)
    away = column.row(align=True)
    away.operator("sfumato.discard_variation", icon="X").key = slot.key


def _draw_slot_buttons(row, slot):
    if slot.made:
        row.operator("sfumato.apply_variation", text="Apply").key = slot.key
    row.operator("sfumato.draw_again", text="", icon="FILE_REFRESH").key = slot.key
    if slot.source:
        row.operator("sfumato.enlarge_variation", text="", icon="FULLSCREEN_ENTER").key = slot.key
    row.operator("sfumato.keep_variation", text="", icon="PINNED" if slot.kept else "UNPINNED").key = slot.key


def _draw_active(layout, context):
    material = active_material(context)
    if material:
        row = layout.row(align=True)
        row.label(text=material.name, icon_value=layout.icon(material))
        row.operator("sfumato.redraw_material", text="", icon="FILE_REFRESH")
        row.operator("sfumato.refit_material", text="", icon="UV")


class _MaterialSettings(_Panel):
    parent = "materials"
    bl_label = "Material Settings"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        """Where textures go, what is finished how, what draws."""
        layout, settings = self.layout, context.scene.sfumato
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.prop(settings, "tile_m")
        layout.prop(settings, "use_displacement")
        layout.prop(settings, "use_asset")
        layout.prop(settings, "storage")
        if settings.storage == "SAVE":
            layout.prop(settings, "folder")
        draw_presets(layout, "material")
        draw_chain(layout, "material", "post_processors")
        draw_model(layout, "material")


class _FromPicture(_Panel):
    bl_label = "Material from a Picture"
    bl_order = 12
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        """A photograph, or any image."""
        self.layout.template_ID(context.scene.sfumato, "source", open="image.open")
        self.layout.operator("sfumato.material_from_image", icon="MATERIAL").name = ""


class _Earlier(_Panel):
    bl_label = "Earlier Materials"
    bl_order = 13
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        """Those that the file remembers."""
        found = {}
        for entry in desk().history("material").entries:
            found.setdefault(tuple(entry.key.split("/")[:2]), entry)
        if not found:
            self.layout.label(text="Nothing was drawn yet")
        for (ticket, index), entry in list(found.items())[:_MOST_BACK]:
            row = self.layout.row(align=True)
            row.label(text=f"{entry.title} [{entry.seed}]", icon="CHECKMARK" if entry.applied else "BLANK1")
            button = row.operator("sfumato.bring_back", text="", icon="RECOVER_LAST")
            button.ticket, button.image_index = ticket, int(index)


class _Concept(_Panel):
    bl_label = "Concept Art"
    bl_order = 20
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        """From the prompt alone, or over what is seen."""
        layout, group = self.layout, controls("concept")
        draw_prompt(layout, "concept")
        layout.prop(group, "mode", expand=True)
        layout.prop(context.scene.sfumato, "concept_px")
        if group.mode == "refine":
            layout.prop(group, "strength")
        row = layout.row(align=True)
        row.scale_y = 1.5
        row.operator(
            "sfumato.draw_concept", text="From 3D View" if group.mode == "refine" else "Draw", icon="VIEW3D"
        ).source = "view:picture"
        if group.mode == "refine":
            row.operator("sfumato.draw_concept", text="From Render", icon="RENDER_RESULT").source = "view:render"
        row = layout.row(align=True)
        row.operator("sfumato.follow", text="Follow Depth", icon="MOD_DISPLACE").what = "depth"
        row.operator("sfumato.follow", text="Follow Normals", icon="NORMALS_FACE").what = "normal"
        draw_chain(layout, "concept", "conditioners")
        _draw_pictures(layout)


class _ConceptSettings(_Panel):
    parent = "concept"
    bl_label = "Concept Settings"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        """What draws."""
        _draw_settings(self.layout, "concept")


class _Image(_Panel):
    bl_label = "Image"
    bl_order = 10

    def draw(self, context):
        """What can be done with the image in this editor."""
        layout, group, image = self.layout, controls("image"), image_of(context)
        if image is None:
            layout.label(text="Open an image first", icon="INFO")
        draw_prompt(layout, "image")
        layout.prop(group, "mode", expand=True)
        if group.mode == "refine":
            layout.prop(group, "strength")
        button = layout.row()
        button.scale_y = 1.5
        button.operator("sfumato.draw_image", text={"process": "Process"}.get(group.mode, "Draw"), icon="IMAGE_DATA")
        draw_chain(layout, "image", "post_processors")
        row = layout.row(align=True)
        row.operator("sfumato.make_tileable", icon="MESH_GRID")
        row.operator("sfumato.material_from_image", text="Make Material", icon="MATERIAL").name = (
            image.name if image else ""
        )
        _draw_pictures(layout)


class _ImageSettings(_Panel):
    parent = "image"
    bl_label = "Image Settings"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        """What draws."""
        _draw_settings(self.layout, "image")


def _draw_settings(layout, purpose):
    layout.use_property_split = True
    layout.use_property_decorate = False
    layout.prop(controls(purpose), "count")
    draw_presets(layout, purpose)
    draw_model(layout, purpose)


def _draw_pictures(layout):
    grid = layout.grid_flow(row_major=True, columns=3, even_columns=True, align=True)
    for key, reference in pictures().recent:
        column = grid.column(align=True)
        column.template_icon(icon_value=pictures().thumbnails.icon(key), scale=4.0)
        column.operator("sfumato.show_picture", text="Show").name = reference.name


def _in(space, suffix, *panels):
    """Classes of panels for one editor; a panel with a `parent` is folded into it."""
    return [_class(panel, space, suffix) for panel in panels]


def _class(panel, space, suffix):
    given = {"bl_space_type": space}
    if hasattr(panel, "parent"):
        given["bl_parent_id"] = f"SFUMATO_PT_{panel.parent}_{suffix}"
    return type(f"SFUMATO_PT{panel.__name__.lower()}_{suffix}", (panel, bpy.types.Panel), given)


CLASSES = (
    *_in("VIEW_3D", "view3d", _Materials, _MaterialSettings, _FromPicture, _Earlier, _Concept, _ConceptSettings),
    *_in("IMAGE_EDITOR", "image", _Image, _ImageSettings),
    *_in("NODE_EDITOR", "node", _Materials, _MaterialSettings, _FromPicture, _Earlier),
)
