"""Draws twelve materials with Ground, offline, and has Blender render them on spheres.

`python docs/material_spheres.py [PYTHON]`; PYTHON is one in which `import bpy` works; without it, that of `make hosts`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.own_daemon import own_daemon
from docs.painted_meshes import HERE, blenders_python
from sfumato.recipe import Selection

PROMPTS = (
    "mossy red brick wall",
    "grey cobblestone",
    "weathered brown planks",
    "turquoise tiles with white grout",
    "red roof shingles",
    "green scales",
    "rust",
    "blue knitted wool",
    "brown leather",
    "green marble with white veins",
    "beige woven fabric",
    "yellow sand",
)
SIZE_PX, SEED = 256, 11


def main() -> None:
    """Write material_spheres.jpg."""
    maps = Selection(id="texture.maps")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with own_daemon() as studio:
            for number, prompt in enumerate(PROMPTS):
                size = (SIZE_PX, SIZE_PX)
                drawn = studio.generate(prompt, size=size, tile="xy", seed=SEED, post_processors=[maps])
                for name, layer in drawn.layers.items():
                    layer.save(folder / f"{number:02}.{name}.png")
        scene = HERE / "material_spheres_scene.py"
        subprocess.run([blenders_python(), scene, folder, folder / "spheres.png"], check=True)
        Image.open(folder / "spheres.png").convert("RGB").save(HERE / "pictures/material_spheres.jpg", quality=88)


if __name__ == "__main__":
    main()
