"""Our tab in the sidebars: the editors that have it, and what its panels share."""

import textwrap

import bpy

_LINE_CHARACTERS = 42
#: The editors with our tab, and what their panels' names end in.
EDITORS = {"VIEW_3D": "view3d", "IMAGE_EDITOR": "image", "NODE_EDITOR": "node"}


class InOurTab:
    """A panel of the tab."""

    bl_region_type = "UI"
    bl_category = "Sfumato"


def panels_in(editor, *panels):
    """Classes of these panels for one editor; a panel with a `parent` is folded into it."""
    return [_class(panel, editor) for panel in panels]


def words(layout, text, icon="NONE"):
    """Text over as many lines as it needs."""
    column = layout.column(align=True)
    for paragraph in text.splitlines():
        for line in textwrap.wrap(paragraph, _LINE_CHARACTERS) or [""]:
            column.label(text=line, icon=icon)
            icon = "BLANK1" if icon != "NONE" else icon


def progress(row, share, text):
    """How far something is, from 0 to 1."""
    if hasattr(row, "progress"):  # from 4.0 on
        row.progress(factor=share, text=text)
    else:
        row.label(text=f"{share:.0%} {text}")


def large(layout):
    """A row for the button that matters most."""
    row = layout.row(align=True)
    row.scale_y = 1.5
    return row


def labels_beside(layout):
    """Labels to the left of what they name, without dots for animation."""
    layout.use_property_split = True
    layout.use_property_decorate = False


def _class(panel, editor):
    given = {"bl_space_type": editor}
    if hasattr(panel, "parent"):
        given["bl_parent_id"] = f"SFUMATO_PT_{panel.parent}_{EDITORS[editor]}"
    return type(f"SFUMATO_PT{panel.__name__.lower()}_{EDITORS[editor]}", (panel, bpy.types.Panel), given)
