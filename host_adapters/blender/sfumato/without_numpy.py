"""What is shown where Blender came without numpy, on which its own exporters of glTF and FBX rely as well."""

import bpy

LINES = (
    "This Blender has no numpy, which",
    "every Blender of blender.org brings.",
    "In a terminal, on Debian and Ubuntu:",
    "apt install python3-numpy",
    "Then restart Blender.",
)


class SFUMATO_PT_without_numpy(bpy.types.Panel):
    """The way out, where the panels would be."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Sfumato"
    bl_label = "Sfumato"

    def draw(self, context):
        """Words alone."""
        for number, line in enumerate(LINES):
            self.layout.label(text=line, icon="BLANK1" if number else "ERROR")


CLASSES = (SFUMATO_PT_without_numpy,)
