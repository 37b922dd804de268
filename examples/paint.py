"""Paint live: after every stroke Ground draws what it makes of the canvas: `python examples/paint.py [FILE]`."""

import sys
from pathlib import Path

from PIL import Image, ImageDraw

import sfumato

path = Path(sys.argv[1] if len(sys.argv) > 1 else "painted.png")
canvas = Image.new("RGB", (256, 256), "darkolivegreen")
brush = ImageDraw.Draw(canvas)

with sfumato.connect() as studio, studio.paint("mossy brick wall", steps=4, strength=0.7, seed=7) as painting:
    for stroke in range(1, 9):
        brush.line((0, 32 * stroke, 256, 32 * stroke), fill="firebrick", width=16)
        painting.show(canvas)
    painting.finish()
    for result in painting:  # the newest canvas goes first; those that nobody had time for are left out
        print(f"stroke {result.frame}: step {result.step_index} of {result.step_count}")

result.picture.to_pil().save(path)
