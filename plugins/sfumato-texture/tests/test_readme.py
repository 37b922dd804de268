"""The README's examples run, against a daemon of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import OpenEXR
import pytest
from PIL import Image

import sfumato
from sfumato_texture.maps import LAYERS
from sfumato_texture.measures import SEAM_LIMIT, seam_ratio

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


def test_the_examples(home, photographed):
    Image.fromarray((photographed("granite", 7)[:112, :136] * 255).astype(np.uint8)).save("photo.png")
    names = {}
    for source in re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(source, str(README), "exec"), names)

    for name in ("", *(f"-{layer}" for layer in LAYERS)):
        assert cv2.imread(f"stone{name}.png", cv2.IMREAD_UNCHANGED).shape[:2] == (64, 64)
    seamless = cv2.imread("seamless.png", cv2.IMREAD_COLOR)
    assert max(seam_ratio(seamless, axis) for axis in (0, 1)) <= SEAM_LIMIT
    assert sorted(path.name for path in Path("maps").iterdir()) == [
        "albedo.exr", "ambient-occlusion.exr", "height.exr", "normal.exr", "roughness.exr",
    ]  # fmt: skip
    with OpenEXR.File("maps/normal.exr") as file:
        assert file.channels()["RGB"].pixels.shape == seamless.shape


def test_the_commands(home, monkeypatch):
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    (commands,) = re.findall(r"```sh\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    subprocess.run(["sh", "-ec", commands], check=True, timeout=300)

    for name in LAYERS:
        png = cv2.imread(f"wall.{name}.png", cv2.IMREAD_UNCHANGED)
        assert png.dtype == np.uint16
        assert png.shape[:2] == (64, 64)
        assert Path("wall-maps", f"{name}.exr").exists()
    with OpenEXR.File("wall-maps/height.exr") as file:
        from_exr = file.channels()["Y"].pixels
    # The daemon reads the same 8 bits of colour, and tells the plugin the same axes.
    np.testing.assert_allclose(cv2.imread("wall.height.png", cv2.IMREAD_UNCHANGED) / 65535, from_exr, atol=1e-3)
