"""A sheet to look at: pictures that training never saw, and beside each the maps that were made of it.

`python -m sfumato_texture.sheet material_maps.jpg --pictures A.png B.png` made the one in the README, of what Ground
drew. Without pictures it renders some; with `--truth`, below each map is the true one.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sfumato_texture.__main__ import read_picture
from sfumato_texture.evaluate import examples
from sfumato_texture.mapping import Map, maps_of
from sfumato_texture.maps import LAYERS


def row(picture: Map, maps: Mapping[str, Map]) -> NDArray[np.uint8]:
    """A picture and its maps, side by side (H, 6 * W, 3)."""
    shown = [picture, *(np.broadcast_to(maps[name], picture.shape) for name in LAYERS)]
    side_by_side: NDArray[np.uint8] = np.rint(np.concatenate(shown, axis=1) * 255).astype(np.uint8)
    return side_by_side


def rows_of_renders(split: str, count: int, *, truth: bool) -> Iterator[NDArray[np.uint8]]:
    """Rows of renders, each followed by that of its true maps if `truth`."""
    for example in examples(split, count):
        yield row(example.picture, example.made)
        if truth:
            yield row(example.picture, example.truth)


def rows_of_files(paths: Sequence[Path]) -> Iterator[NDArray[np.uint8]]:
    """Rows of pictures of one size. Raises OSError or ImageRefused where one cannot be read."""
    for path in paths:
        picture, tile = read_picture(path)
        yield row(picture, maps_of(picture, tile=tile))


def main() -> None:
    """Write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("--pictures", type=Path, nargs="+")
    parser.add_argument("--split", choices=("held_out", "unseen"), default="held_out")
    parser.add_argument("--rows", type=int, default=5)
    parser.add_argument("--truth", action="store_true")
    parser.add_argument("--width", type=int, default=1200)
    arguments = parser.parse_args()
    if arguments.pictures:
        rows = rows_of_files(arguments.pictures)
    else:
        rows = rows_of_renders(arguments.split, arguments.rows, truth=arguments.truth)
    sheet = Image.fromarray(np.concatenate([*rows]))
    size = (arguments.width, sheet.height * arguments.width // sheet.width)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    sheet.resize(size, Image.Resampling.LANCZOS).save(arguments.output, quality=85)


if __name__ == "__main__":
    main()
