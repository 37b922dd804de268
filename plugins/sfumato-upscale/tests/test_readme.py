"""The README's examples run, against a daemon of their own."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import sfumato

README = Path(__file__).parents[1] / "README.md"
STAND_IN = Path(__file__).parent / "stand_in"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty folder to work in, and a daemon that ends with the test."""
    for place in ("RUNTIME", "DATA"):
        monkeypatch.setenv(f"SFUMATO_{place}_DIR", str(tmp_path / place.lower()))
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    with sfumato.connect() as studio:
        studio.shut_down()


def test_the_examples(home, bricks, esrgan, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(STAND_IN))
    shutil.copy(esrgan, "esrgan.safetensors")
    Image.fromarray((bricks.pixels * 255).astype(np.uint8)).save("photo.png")
    names = {}
    for source in re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(source, str(README), "exec"), names)

    for name in ("large", "photo-large"):
        assert np.asarray(Image.open(f"{name}.png")).shape == (128, 128, 3)
