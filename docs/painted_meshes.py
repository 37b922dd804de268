"""Paints three meshes with Ground, offline, and has Blender render them: `python docs/painted_meshes.py [PYTHON]`.

PYTHON is one in which `import bpy` works; without it, that of `make hosts`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.own_daemon import own_daemon
from sfumato.client import Studio
from sfumato.texturing import MeshObject, Painter, Scene, StudioDraw, unwrapped

HERE = Path(__file__).parent
SCENE = HERE / "painted_meshes_scene.py"
PROMPTS = {
    "monkey": "green scales",
    "vase": "mossy grey cobblestone",
    "knot": "purple woven fabric",
}
TEXTURE_PX, VIEW_PX, VIEWS, SEED = 1024, 384, 5, 7


def blenders_python() -> str:
    """The Python that has `bpy`."""
    if len(sys.argv) > 1:
        return sys.argv[1]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return str(Path(os.environ.get("SFUMATO_HOSTS_DIR") or cache / "sfumato-hosts") / "bpy/bin/python")


def paint(studio: Studio, folder: Path, name: str, prompt: str) -> None:
    """Add UVs to NAME.npz, and write NAME.png."""
    with np.load(folder / f"{name}.npz") as found:
        positions, triangles = found["positions"].astype(float), found["triangles"].astype(int)
    thing = unwrapped(MeshObject(name=name, positions=positions, faces=triangles), size_px=TEXTURE_PX)
    painter = Painter(Scene(objects=(thing,)), size_px=TEXTURE_PX, view_px=VIEW_PX, views=VIEWS)
    draw = StudioDraw(studio, prompt, seed=SEED)
    for progress in painter.paint(draw):
        print(
            f"{name}: view {progress.views_done} of {progress.view_count}, {progress.coverage:.0%} painted", flush=True
        )
    Image.fromarray(painter.finished()[0]).save(folder / f"{name}.png")
    np.savez(folder / f"{name}.npz", positions=positions, triangles=triangles, uvs=thing.uvs)


def main() -> None:
    """Write painted_meshes.jpg."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        subprocess.run([blenders_python(), SCENE, "make", folder], check=True)
        with own_daemon() as studio:
            for name, prompt in PROMPTS.items():
                paint(studio, folder, name, prompt)
        subprocess.run([blenders_python(), SCENE, "render", folder, folder / "row.png"], check=True)
        Image.open(folder / "row.png").convert("RGB").save(HERE / "pictures/painted_meshes.jpg", quality=88)


if __name__ == "__main__":
    main()
