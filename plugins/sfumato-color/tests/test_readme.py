"""The README's examples run, against a daemon of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

README = Path(__file__).parents[1] / "README.md"


def test_the_examples(sfumato_examples, bricks, moss):
    for name, image in (("photo", bricks), ("sunset", moss)):
        Image.fromarray((image.pixels * 255).astype(np.uint8)).save(f"{name}.png")
    sfumato_examples(README)

    in_four = np.asarray(Image.open("moss.png").convert("RGB"))
    used = {bytes(colour).hex() for colour in in_four.reshape(-1, 3)}
    assert used <= {"0f380f", "306230", "8bac0f", "9bbc0f"}
    photo, warm, pixels = (
        np.asarray(Image.open(f"{name}.png").convert("RGB"), int) for name in ("photo", "warm", "pixels")
    )
    assert warm.shape == photo.shape == pixels.shape
    assert abs(warm.mean((0, 1)) - moss.pixels.mean((0, 1)) * 255).max() < 16
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) <= 12
