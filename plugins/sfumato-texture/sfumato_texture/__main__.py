"""Maps of a picture as files: `python -m sfumato_texture PICTURE -o FOLDER --format exr`, without a daemon.

A picture that Sfumato drew says itself on which axes it tiles. Needs `pip install sfumato-texture[files]`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sfumato import images
from sfumato.errors import ImageRefused
from sfumato_texture.files import save_maps
from sfumato_texture.mapping import maps_of


def read_picture(path: Path) -> tuple[NDArray[np.float32], str]:
    """Colours (H, W, 3) in 0..1, and the axes on which the recipe in the file tiles, "" where there is none.

    Raises OSError where the file cannot be read, ImageRefused where it is not a picture.
    """
    data = path.read_bytes()
    pixels = images.decode(data)
    colours = np.frombuffer(pixels.data, np.uint8).reshape(pixels.height_px, pixels.width_px, 3)
    return np.divide(colours, 255, dtype=np.float32), _tile_of(data)


def _tile_of(data: bytes) -> str:
    try:
        return str(images.recipe_of(data)["recipe"]["tile"])
    except (ImageRefused, KeyError):
        return ""


def main() -> None:
    """Write the maps, and print their paths."""
    parser = argparse.ArgumentParser(prog="python -m sfumato_texture", description=__doc__)
    parser.add_argument("picture", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("maps"), help="folder [default: maps]")
    parser.add_argument("--format", choices=("png", "exr"), default="png", help="16-bit PNG or float EXR")
    parser.add_argument(
        "--tile", choices=("none", "x", "y", "xy"), help="axes that wrap around [default: its recipe's]"
    )
    parser.add_argument("--strength", type=float, default=1.0, help="how deep the relief is, 0 to 4")
    parser.add_argument("--convention", choices=("opengl", "directx"), default="opengl", help="green up, or down")
    arguments = parser.parse_args()
    try:
        picture, recipe_tile = read_picture(arguments.picture)
    except (OSError, ImageRefused) as error:
        parser.error(f"{arguments.picture}: {error}")
    if not 0 <= arguments.strength <= 4:
        parser.error(f"--strength: got {arguments.strength}, expected 0 to 4")
    tile = {None: recipe_tile, "none": ""}.get(arguments.tile, arguments.tile)
    maps = maps_of(picture, tile=tile, strength=arguments.strength, convention=arguments.convention)
    print(*save_maps(maps, arguments.output, arguments.format), sep="\n")


if __name__ == "__main__":
    main()
