"""Connecting, cancelling, and taking note of what could not be done."""

import bpy

from .shared import desk


class SFUMATO_OT_connect(bpy.types.Operator):
    """Connect to Sfumato; its daemon is started where none runs"""

    bl_idname = "sfumato.connect"
    bl_label = "Connect"

    def execute(self, context):
        """Start, or try again."""
        if desk().session.state.name == "off":
            desk().start()
        else:
            desk().studio.press()
        return {"FINISHED"}


class SFUMATO_OT_cancel(bpy.types.Operator):
    """Stop this job and no other"""

    bl_idname = "sfumato.cancel"
    bl_label = "Cancel"

    ticket: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, context):
        """Cancel by ticket; one that has ended meanwhile is no error."""
        desk().studio.cancel(self.ticket)
        return {"FINISHED"}


class SFUMATO_OT_dismiss(bpy.types.Operator):
    """Take this message away"""

    bl_idname = "sfumato.dismiss"
    bl_label = "Dismiss"

    def execute(self, context):
        """There is nothing to be told any more."""
        desk().studio.notice = ""
        return {"FINISHED"}


CLASSES = (SFUMATO_OT_connect, SFUMATO_OT_cancel, SFUMATO_OT_dismiss)
