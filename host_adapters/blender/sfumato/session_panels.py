"""The head of the sidebar in every editor: the connection, what could not be done, and the queue."""

import textwrap

import bpy

from .shared import desk

_LINE_CHARACTERS = 42
CATEGORY = "Sfumato"
_EDITORS = (("view3d", "VIEW_3D"), ("image", "IMAGE_EDITOR"), ("node", "NODE_EDITOR"))


def words(layout, text, icon="NONE"):
    """Text over as many lines as it needs."""
    column = layout.column(align=True)
    for paragraph in text.splitlines():
        for line in textwrap.wrap(paragraph, _LINE_CHARACTERS) or [""]:
            column.label(text=line, icon=icon)
            icon = "BLANK1" if icon != "NONE" else icon


class _Status:
    bl_region_type = "UI"
    bl_category = CATEGORY
    bl_label = "Sfumato"
    bl_order = 0

    def draw(self, context):
        """The state with its way out, the notice, the queue."""
        layout = self.layout
        if desk() is None:
            layout.label(text="Disabled", icon="INFO")
            return
        _draw_state(layout, desk().session.state)
        _draw_notice(layout, desk().studio.notice)
        for job in desk().studio.queue():
            _draw_job(layout, job)


def _draw_state(layout, state):
    if state.name == "ready":
        layout.label(text=state.title, icon="CHECKMARK")
        return
    box = layout.box()
    words(box, state.title, icon={"starting": "SORTTIME", "off": "UNLINKED"}.get(state.name, "ERROR"))
    words(box, state.words)
    if state.button:
        box.operator("sfumato.connect", text=state.button, icon="LINKED")


def _draw_notice(layout, notice):
    if notice:
        box = layout.box()
        words(box, notice, icon="ERROR")
        box.operator("sfumato.dismiss", icon="CHECKMARK")


def _draw_job(layout, job):
    row = layout.row(align=True)
    if hasattr(row, "progress"):  # from 4.0 on
        row.progress(factor=job.share, text=f"{job.title}: {job.words}")
    else:
        row.label(text=f"{job.share:.0%} {job.title}: {job.words}")
    row.operator("sfumato.cancel", text="", icon="X").ticket = job.ticket


CLASSES = tuple(
    type(f"SFUMATO_PT_status_{name}", (_Status, bpy.types.Panel), {"bl_space_type": space}) for name, space in _EDITORS
)
