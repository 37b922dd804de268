"""The README's examples run, against a daemon of their own."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np
from diffusers import UNet2DConditionModel
from PIL import Image

from . import networks

README = Path(__file__).parents[1] / "README.md"


def test_the_examples(sfumato_home, sfumato_examples, bricks):
    ground = UNet2DConditionModel.load_config(str(resources.files("sfumato.ground") / "weights" / "unet"))
    networks.control_net(sfumato_home / "controlnet-canny", ground, conditioning_embedding_out_channels=(16, 16, 16))
    Image.fromarray((bricks.pixels * 255).astype(np.uint8)).save("photo.png")
    near = np.hypot(*np.mgrid[-32:32, -32:32]) < 20
    Image.fromarray(np.where(near, 200, 0).astype(np.uint8)).save("depth.png")
    sfumato_examples(README)

    assert set(np.unique(np.asarray(Image.open("outlines.png").convert("L")))) == {0, 255}
    assert np.asarray(Image.open("along.png")).shape == (64, 64, 3)
    assert np.asarray(Image.open("shaped.png")).shape == (64, 64, 3)
