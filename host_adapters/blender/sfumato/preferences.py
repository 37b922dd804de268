"""The add-on's preferences: where Sfumato's Python is, if it is not where the installation has noted it."""

from pathlib import Path

import bpy

from .core.installation import bridge_command


class SFUMATO_AP_preferences(bpy.types.AddonPreferences):
    """Shown in Blender's preferences."""

    bl_idname = __package__

    python: bpy.props.StringProperty(
        name="Sfumato's Python",
        description="The Python that Sfumato is installed in; empty for the one that `sfumato hosts install` has noted",
        subtype="FILE_PATH",
    )

    def draw(self, context):
        """One row, and what to do where Sfumato is not installed."""
        self.layout.prop(self, "python")
        column = self.layout.column(align=True)
        column.label(text="Not installed yet? In a terminal:  pip install 'sfumato[engine]' sfumato-texture")
        column.label(text="Then:  python -c 'import sys; print(sys.executable)'  prints what belongs above.")


def preferences():
    """The preferences; None where Blender has none for us, as in a script that registers the package by itself."""
    entry = bpy.context.preferences.addons.get(__package__)
    return entry.preferences if entry else None


def given_command():
    """The bridge's command line where the artist has named a Python; None else."""
    found = preferences()
    python = Path(bpy.path.abspath(found.python)) if found and found.python else None
    return bridge_command(python) if python and python.is_file() else None


CLASSES = (SFUMATO_AP_preferences,)
