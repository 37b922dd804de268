"""The README's examples run, against a daemon of their own."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from PIL import Image

README = Path(__file__).parents[1] / "README.md"


def test_the_examples(sfumato_home, sfumato_examples, photo, segmenter):
    shutil.copytree(segmenter, sfumato_home / "segmenter")
    Image.fromarray((photo.pixels * 255).astype(np.uint8)).save("photo.png")
    sfumato_examples(README)

    cut_out, pets = (np.asarray(Image.open(f"{name}.png")) for name in ("cut-out", "pets"))
    assert cut_out.shape[0] == cut_out.shape[1] < 100
    assert pets.shape == (128, 128, 4)
