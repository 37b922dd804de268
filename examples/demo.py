"""Make one seamless texture with Ground, through the daemon: `python examples/demo.py [FILE]`."""

import sys
from pathlib import Path

import sfumato

path = Path(sys.argv[1] if len(sys.argv) > 1 else "demo.png")
path.parent.mkdir(parents=True, exist_ok=True)

with sfumato.connect() as studio:
    picture = studio.generate("mossy red brick wall", tile="xy", seed=7)

picture.save(path)
print(f"{path}: {picture.recipe.width_px}x{picture.recipe.height_px} px, seed {picture.seed}")
