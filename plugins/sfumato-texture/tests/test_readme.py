"""The README's examples run, against a daemon of their own."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import OpenEXR
import pytest
from PIL import Image

import sfumato
from sfumato_texture.maps import LAYERS
from sfumato_texture.measures import SEAM_LIMIT, seam_ratio
from sfumato_texture.surface import WEIGHTS

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


@pytest.mark.skipif(not WEIGHTS.exists(), reason="the network of texture.maps is not trained yet")
def test_the_examples(home, photographed):
    Image.fromarray((photographed("granite", 7)[:112, :136] * 255).astype(np.uint8)).save("photo.png")
    names = {}
    for source in re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(source, str(README), "exec"), names)

    for name in ("", *(f"-{layer}" for layer in LAYERS)):
        assert Image.open(f"stone{name}.png").size == (64, 64)
    seamless = np.asarray(Image.open("seamless.png").convert("RGB"))
    assert max(seam_ratio(seamless, axis) for axis in (0, 1)) <= SEAM_LIMIT
    assert sorted(path.name for path in Path("maps").iterdir()) == [
        "albedo.exr", "ambient-occlusion.exr", "height.exr", "normal.exr", "roughness.exr",
    ]  # fmt: skip
    with OpenEXR.File("maps/normal.exr") as file:
        assert file.channels()["RGB"].pixels.shape == seamless.shape
