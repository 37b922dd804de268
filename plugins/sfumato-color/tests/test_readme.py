"""The README's examples run, against a daemon of their own."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import sfumato

README = Path(__file__).parents[1] / "README.md"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty folder to work in, and a daemon that ends with the test."""
    for place in ("RUNTIME", "DATA"):
        monkeypatch.setenv(f"SFUMATO_{place}_DIR", str(tmp_path / place.lower()))
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    with sfumato.connect() as studio:
        studio.shut_down()


def test_the_examples(home, bricks, moss):
    for name, image in (("photo", bricks), ("sunset", moss)):
        Image.fromarray((image.pixels * 255).astype(np.uint8)).save(f"{name}.png")
    names = {}
    for source in re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(source, str(README), "exec"), names)

    in_four = np.asarray(Image.open("moss.png").convert("RGB"))
    used = {bytes(colour).hex() for colour in in_four.reshape(-1, 3)}
    assert used <= {"0f380f", "306230", "8bac0f", "9bbc0f"}
    photo, warm, pixels = (
        np.asarray(Image.open(f"{name}.png").convert("RGB"), int) for name in ("photo", "warm", "pixels")
    )
    assert warm.shape == photo.shape == pixels.shape
    assert abs(warm.mean((0, 1)) - moss.pixels.mean((0, 1)) * 255).max() < 16
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) <= 12
