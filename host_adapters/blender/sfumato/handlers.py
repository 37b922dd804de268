"""What Blender calls when files are opened and saved."""

import bpy
from bpy.app.handlers import persistent

from .shared import desk


@persistent
def _before_load(*_):
    desk().forget_file()


@persistent
def _after_load(*_):
    desk().open_file()


@persistent
def _before_save(*_):
    desk().studio.save()


_HANDLERS = (("load_pre", _before_load), ("load_post", _after_load), ("save_pre", _before_save))


def register():
    """Be called."""
    for event, handler in _HANDLERS:
        getattr(bpy.app.handlers, event).append(handler)


def unregister():
    """Be called no more."""
    for event, handler in _HANDLERS:
        listed = getattr(bpy.app.handlers, event)
        if handler in listed:
            listed.remove(handler)
