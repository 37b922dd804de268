"""The panels of the sidebar: materials, concept art and images, with what can be set about each."""

from . import makers
from .controls import controls
from .material_operators import active_material
from .materials import materials
from .picture_operators import image_of
from .pictures import pictures
from .setting_rows import draw_chain, draw_model, draw_presets, draw_prompt
from .shared import desk
from .sidebar import InOurTab, labels_beside, large, panels_in, words
from .variations import DRAWING, slot_key

_MOST_EARLIER = 8


class _Materials(InOurTab):
    bl_label = "Materials"
    bl_order = 10

    def draw(self, context):
        """The words, the button, the variations."""
        layout, settings = self.layout, context.scene.sfumato
        draw_prompt(layout, "material")
        row = layout.row(align=True)
        row.prop(settings, "size", text="")
        row.prop(controls("material"), "count")
        large(layout).operator("sfumato.draw_material", icon="MATERIAL")
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
    if slot.state == DRAWING:
        column.label(text="Drawing", icon="SORTTIME")
    else:
        column.label(text=slot.title)
        _draw_slot_buttons(column.row(align=True), slot)
    column.operator("sfumato.discard_variation", icon="X").key = slot.key


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


class _MaterialSettings(InOurTab):
    parent = "materials"
    bl_label = "Material Settings"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        """Where textures go, what is finished how, what draws."""
        layout, settings = self.layout, context.scene.sfumato
        labels_beside(layout)
        layout.prop(settings, "tile_m")
        layout.prop(settings, "use_displacement")
        layout.prop(settings, "use_asset")
        layout.prop(settings, "storage")
        if settings.storage == "SAVE":
            layout.prop(settings, "folder")
        draw_presets(layout, "material")
        draw_chain(layout, "material", "post_processors")
        draw_model(layout, "material")


class _FromPicture(InOurTab):
    bl_label = "Material from a Picture"
    bl_order = 12
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        """A photograph, or any image."""
        self.layout.template_ID(context.scene.sfumato, "source", open="image.open")
        self.layout.operator("sfumato.material_from_image", icon="MATERIAL").name = ""


class _Earlier(InOurTab):
    bl_label = "Earlier Materials"
    bl_order = 13
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        """Those that the file remembers."""
        found = {}
        for entry in desk().history("material").entries:
            found.setdefault(slot_key(entry), entry)
        if not found:
            self.layout.label(text="Nothing was drawn yet")
        for key, entry in list(found.items())[:_MOST_EARLIER]:
            row = self.layout.row(align=True)
            row.label(text=f"{entry.title} [{entry.seed}]", icon="CHECKMARK" if entry.applied else "BLANK1")
            button = row.operator("sfumato.bring_back", text="", icon="RECOVER_LAST")
            ticket, _, index = key.partition("/")
            button.ticket, button.image_index = ticket, int(index)


class _Concept(InOurTab):
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
        _draw_concept_buttons(large(layout), group.mode)
        row = layout.row(align=True)
        row.operator("sfumato.follow", text="Follow Depth", icon="MOD_DISPLACE").what = "depth"
        row.operator("sfumato.follow", text="Follow Normals", icon="NORMALS_FACE").what = "normal"
        draw_chain(layout, "concept", "conditioners")
        _draw_pictures(layout)


def _draw_concept_buttons(row, mode):
    over_something = mode == "refine"
    text = "From 3D View" if over_something else "Draw"
    row.operator("sfumato.draw_concept", text=text, icon="VIEW3D").source = "view:picture"
    if over_something:
        row.operator("sfumato.draw_concept", text="From Render", icon="RENDER_RESULT").source = "view:render"


class _PictureSettings(InOurTab):
    """The settings of a purpose, whose panel has its name."""

    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        """How many, and what draws."""
        labels_beside(self.layout)
        self.layout.prop(controls(self.parent), "count")
        draw_presets(self.layout, self.parent)
        draw_model(self.layout, self.parent)


class _ConceptSettings(_PictureSettings):
    parent = "concept"
    bl_label = "Concept Settings"


class _Image(InOurTab):
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
        text = "Process" if group.mode == "process" else "Draw"
        large(layout).operator("sfumato.draw_image", text=text, icon="IMAGE_DATA")
        draw_chain(layout, "image", "post_processors")
        row = layout.row(align=True)
        row.enabled = image is not None
        row.operator("sfumato.make_tileable", icon="MESH_GRID")
        button = row.operator("sfumato.material_from_image", text="Make Material", icon="MATERIAL")
        button.name = image.name if image else ""
        _draw_pictures(layout)


class _ImageSettings(_PictureSettings):
    parent = "image"
    bl_label = "Image Settings"


def _draw_pictures(layout):
    grid = layout.grid_flow(row_major=True, columns=3, even_columns=True, align=True)
    for key, reference in pictures().recent:
        column = grid.column(align=True)
        column.template_icon(icon_value=pictures().thumbnails.icon(key), scale=4.0)
        column.operator("sfumato.show_picture", text="Show").name = reference.name


CLASSES = (
    *panels_in("VIEW_3D", _Materials, _MaterialSettings, _FromPicture, _Earlier, _Concept, _ConceptSettings),
    *panels_in("IMAGE_EDITOR", _Image, _ImageSettings),
    *panels_in("NODE_EDITOR", _Materials, _MaterialSettings, _FromPicture, _Earlier),
)
