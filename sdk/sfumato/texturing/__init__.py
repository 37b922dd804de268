"""Painting meshes: unwrapping, rasterising, projection and seams, with numpy; no torch and no host.

    scene = texturing.load("chair.glb")
    painter = texturing.Painter(scene)
    for progress in painter.paint(texturing.StudioDraw(studio, "weathered oak")):
        ...
    texturing.save("painted.glb", scene, painter.finished())

Names load when they are used; they need the extra `sfumato[texturing]`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from sfumato.errors import MeshRefused

if TYPE_CHECKING:
    from sfumato.texturing.cameras import Camera
    from sfumato.texturing.mesh import MeshObject, Scene
    from sfumato.texturing.mesh_files import load, save
    from sfumato.texturing.painter import Painter
    from sfumato.texturing.preview import contact_sheet, rendered
    from sfumato.texturing.studio_draw import StudioDraw
    from sfumato.texturing.unwrap import unwrapped, unwrapped_together
    from sfumato.texturing.uv_problems import can_be_painted, shared_uv_problem, uv_problem
    from sfumato.texturing.viewpoints import choose_cameras, framing
    from sfumato.texturing.views import Draw, Progress, View

__all__ = [
    "Camera",
    "Draw",
    "MeshObject",
    "MeshRefused",
    "Painter",
    "Progress",
    "Scene",
    "StudioDraw",
    "View",
    "can_be_painted",
    "choose_cameras",
    "contact_sheet",
    "framing",
    "load",
    "rendered",
    "save",
    "shared_uv_problem",
    "unwrapped",
    "unwrapped_together",
    "uv_problem",
]

_HOMES: Final = {
    "Camera": "cameras",
    "Draw": "views",
    "MeshObject": "mesh",
    "Painter": "painter",
    "Progress": "views",
    "Scene": "mesh",
    "StudioDraw": "studio_draw",
    "View": "views",
    "can_be_painted": "uv_problems",
    "choose_cameras": "viewpoints",
    "contact_sheet": "preview",
    "framing": "viewpoints",
    "load": "mesh_files",
    "rendered": "preview",
    "save": "mesh_files",
    "shared_uv_problem": "uv_problems",
    "unwrapped": "unwrap",
    "unwrapped_together": "unwrap",
    "uv_problem": "uv_problems",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
