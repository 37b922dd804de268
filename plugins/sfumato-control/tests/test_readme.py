"""The README's examples run, against a daemon of their own."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from diffusers import UNet2DConditionModel
from PIL import Image

import sfumato

from . import networks

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


def test_the_examples(home, bricks):
    ground = UNet2DConditionModel.load_config(str(resources.files("sfumato.ground") / "weights" / "unet"))
    networks.control_net(home / "controlnet-canny", ground, conditioning_embedding_out_channels=(16, 16, 16))
    Image.fromarray((bricks.pixels * 255).astype(np.uint8)).save("photo.png")
    names = {}
    for source in re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(source, str(README), "exec"), names)

    assert set(np.unique(np.asarray(Image.open("outlines.png").convert("L")))) == {0, 255}
    assert np.asarray(Image.open("along.png")).shape == (64, 64, 3)
