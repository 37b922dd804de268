"""Sfumato in Blender: an extension for 4.2 and newer by its manifest, an add-on from 3.4 on by `bl_info`."""

from . import registration

bl_info = {
    "name": "Sfumato",
    "description": "Seamless materials, concept art and textures, drawn on your own machine",
    "author": "The Sfumato authors",
    "version": (0, 1, 0),
    "blender": (3, 4, 0),
    "location": "3D View, Image Editor and Shader Editor > Sidebar > Sfumato",
    "category": "Material",
    "support": "COMMUNITY",
}


def register():
    """Called by Blender when the add-on is enabled."""
    registration.register()


def unregister():
    """Called by Blender when the add-on is disabled, and when Blender ends."""
    registration.unregister()
