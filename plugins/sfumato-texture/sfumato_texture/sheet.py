"""A sheet to look at: pictures that training never saw, and beside each the maps that were made of it.

`python -m sfumato_texture.sheet docs/maps.jpg` is how the picture in the README was made. Below each map is the true
one with `--truth`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sfumato_texture.evaluate import Example, examples
from sfumato_texture.maps import LAYERS


def row(example: Example, maps: dict[str, NDArray[np.float32]]) -> NDArray[np.uint8]:
    """A picture and its maps, side by side (H, 6 * W, 3)."""
    shown = [example.picture, *(np.broadcast_to(maps[name], example.picture.shape) for name in LAYERS)]
    side_by_side: NDArray[np.uint8] = np.rint(np.concatenate(shown, axis=1) * 255).astype(np.uint8)
    return side_by_side


def main() -> None:
    """Write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("--split", choices=("held_out", "unseen"), default="held_out")
    parser.add_argument("--rows", type=int, default=5)
    parser.add_argument("--truth", action="store_true")
    parser.add_argument("--width", type=int, default=1200)
    arguments = parser.parse_args()
    rows = []
    for example in examples(arguments.split, arguments.rows):
        rows.append(row(example, example.made))
        if arguments.truth:
            rows.append(row(example, example.truth))
    sheet = Image.fromarray(np.concatenate(rows))
    size = (arguments.width, sheet.height * arguments.width // sheet.width)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    sheet.resize(size, Image.Resampling.LANCZOS).save(arguments.output, quality=85)


if __name__ == "__main__":
    main()
