"""What Blender is told of when the add-on is enabled, in order, and forgets again in the reverse order."""

import importlib
import importlib.util

import bpy

#: Modules of this package. Each may have CLASSES (registered in their order), `register()` and `unregister()`.
MODULES = (
    "preferences",
    "shared",
    "pulse",
    "handlers",
    "enums",
    "scene_properties",
    "controls",
    "forms",
    "materials",
    "pictures",
    "paintings",
    "session_operators",
    "workspace_operators",
    "material_operators",
    "picture_operators",
    "painting_operators",
    "session_panels",
    "panels",
    "painting_panels",
)

#: For the Blender of a distribution that leaves out what Blender's own builds have.
WITHOUT_NUMPY = ("preferences", "without_numpy")

_registered = []


def register():
    """Register all modules. Where one fails, what was registered before it is taken back."""
    try:
        for name in MODULES if importlib.util.find_spec("numpy") else WITHOUT_NUMPY:
            _enter(importlib.import_module("." + name, __package__))
    except Exception:
        unregister()
        raise


def unregister():
    """Take everything back that `register` has made."""
    while _registered:
        _registered.pop()()


def _enter(module):
    for each in getattr(module, "CLASSES", ()):
        bpy.utils.register_class(each)
        _registered.append(lambda each=each: bpy.utils.unregister_class(each))
    if hasattr(module, "unregister"):
        # Noted first: what a module made before it failed is its `unregister`'s to take back.
        _registered.append(module.unregister)
    if hasattr(module, "register"):
        module.register()
