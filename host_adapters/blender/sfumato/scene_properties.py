"""What every scene has of ours: `scene.sfumato` and `scene.sfumato_painting`, saved with the file."""

import bpy

from .painting_settings import SFUMATO_PG_painting
from .settings import SFUMATO_PG_settings

_GROUPS = {"sfumato": SFUMATO_PG_settings, "sfumato_painting": SFUMATO_PG_painting}
CLASSES = tuple(_GROUPS.values())


def register():
    """Every scene has them."""
    for name, group in _GROUPS.items():
        setattr(bpy.types.Scene, name, bpy.props.PointerProperty(type=group))


def unregister():
    """No scene has them any more."""
    for name in _GROUPS:
        delattr(bpy.types.Scene, name)
