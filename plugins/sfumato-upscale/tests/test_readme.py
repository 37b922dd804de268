"""The README's examples run, against a daemon of their own."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from PIL import Image

README = Path(__file__).parents[1] / "README.md"
STAND_IN = Path(__file__).parent / "stand_in"


def test_the_examples(sfumato_examples, bricks, esrgan, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(STAND_IN))
    shutil.copy(esrgan, "esrgan.safetensors")
    Image.fromarray((bricks.pixels * 255).astype(np.uint8)).save("photo.png")
    sfumato_examples(README)

    for name in ("large", "photo-large"):
        assert np.asarray(Image.open(f"{name}.png")).shape == (128, 128, 3)
