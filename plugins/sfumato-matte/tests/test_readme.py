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


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty folder to work in, and a daemon that ends with the test."""
    for place in ("RUNTIME", "DATA"):
        monkeypatch.setenv(f"SFUMATO_{place}_DIR", str(tmp_path / place.lower()))
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    with sfumato.connect() as studio:
        studio.shut_down()


def test_the_examples(home, photo, segmenter):
    shutil.copytree(segmenter, home / "segmenter")
    Image.fromarray((photo.pixels * 255).astype(np.uint8)).save("photo.png")
    names = {}
    for source in re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(source, str(README), "exec"), names)

    cut_out, pets = (np.asarray(Image.open(f"{name}.png")) for name in ("cut-out", "pets"))
    assert cut_out.shape[0] == cut_out.shape[1] < 100
    assert pets.shape == (128, 128, 4)
