"""Draws the pictures of the docs with Ground, through a daemon of its own: `python docs/gallery.py`."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.own_daemon import own_daemon

PICTURES = Path(__file__).parent / "pictures"
COLUMNS, CELL_PX, GAP_PX = 6, 256, 6

#: What the gallery shows, row by row; every one tiles on both axes.
PROMPTS = (
    "mossy red brick wall",
    "grey cobblestone",
    "turquoise tiles with white grout",
    "white hexagons",
    "weathered wooden planks",
    "roof shingles",
    "green marble with white veins",
    "pink granite",
    "terrazzo",
    "cracked concrete",
    "rippled beige sand",
    "gravel",
    "brown garden soil",
    "green grass",
    "moss",
    "autumn leaves",
    "blue water",
    "ice",
    "lava",
    "clouds",
    "rust",
    "brushed copper metal",
    "brown leather",
    "blue knitted wool",
)


def sheet(pictures: list[Image.Image]) -> Image.Image:
    """The pictures in rows of COLUMNS on white."""
    pitch = CELL_PX + GAP_PX
    rows = -(-len(pictures) // COLUMNS)
    page = Image.new("RGB", (COLUMNS * pitch - GAP_PX, rows * pitch - GAP_PX), "white")
    for place, picture in enumerate(pictures):
        page.paste(picture, (place % COLUMNS * pitch, place // COLUMNS * pitch))
    return page


def main() -> None:
    """Write gallery.jpg."""
    PICTURES.mkdir(exist_ok=True)
    with own_daemon() as studio:
        pictures = [studio.generate(prompt, tile="xy", seed=7).pil for prompt in PROMPTS]
    sheet(pictures).save(PICTURES / "gallery.jpg", quality=88)


if __name__ == "__main__":
    main()
