"""Where the pixels of what is finished are kept: in the folder that the scene's settings name, or in the .blend."""

import bpy

from . import images
from .shared import desk


def keep(name, png, *, is_data):
    """An image of a finished file, kept as the settings say; one that cannot be saved is packed, which is told."""
    folder = bpy.context.scene.sfumato.texture_folder
    try:
        return images.place(name, png, is_data=is_data, folder=folder)
    except OSError as error:
        said = error.strerror or str(error)
        desk().tell(f"Textures cannot be saved in “{folder}” ({said}). They are packed into the .blend instead.")
        return images.place(name, png, is_data=is_data)
