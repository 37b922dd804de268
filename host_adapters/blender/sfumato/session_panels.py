"""The head of the sidebar in every editor: the connection, what could not be done, and the queue."""

from .shared import desk
from .sidebar import EDITORS, InOurTab, panels_in, progress, words


class _Status(InOurTab):
    bl_label = "Sfumato"
    bl_order = 0

    def draw(self, context):
        """The state with its way out, the notice, the queue."""
        _draw_state(self.layout, desk().session.state)
        _draw_notice(self.layout, desk().studio.notice)
        for job in desk().studio.queue():
            _draw_job(self.layout, job)


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
    progress(row, job.share, f"{job.title}: {job.words}")
    row.operator("sfumato.cancel", text="", icon="X").ticket = job.ticket


CLASSES = tuple(panel for editor in EDITORS for panel in panels_in(editor, _Status))
