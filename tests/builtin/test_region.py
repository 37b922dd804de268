"""The region conditioner: each prompt in its place, with Ground."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

import sfumato
from sfumato.recipe import Selection

SIZE_PX = 128


def png(mask):
    out = io.BytesIO()
    Image.fromarray(mask).save(out, "PNG")
    return out.getvalue()


def region(prompt, mask, **params):
    return Selection(id="sfumato.region", params={"prompt": prompt, "mask": mask, **params})


@pytest.fixture
def draw(sfumato_home):
    """Draws grey cobblestone, the right half of which may have prompts of its own: (H, W, 3) in 0..255."""
    right = np.zeros((SIZE_PX, SIZE_PX), np.uint8)
    right[:, SIZE_PX // 2 :] = 255
    with sfumato.connect() as studio:
        mask = studio.upload(png(right))

        def drawn(*prompts, **params):
            regions = [region(prompt, mask, **params) for prompt in prompts]
            size = (SIZE_PX, SIZE_PX)
            picture = studio.generate("grey cobblestone", size=size, steps=8, seed=3, conditioners=regions)
            return np.asarray(picture.pil.convert("RGB"), float)

        yield drawn


def greenness(pixels):
    red, green, blue = pixels.mean((0, 1))
    return green - (red + blue) / 2


def test_each_half_follows_its_own_prompt(draw):
    made = draw("green grass")

    assert greenness(made[:, 80:]) > greenness(made[:, :48]) + 10
    assert abs(greenness(draw())) < 10


def test_the_later_of_two_regions_lies_on_top(draw):
    below, above = draw("green grass"), draw("green grass", "red lava")

    assert greenness(above[:, 80:]) < greenness(below[:, 80:]) - 25


def test_at_strength_0_the_picture_is_that_without(draw):
    assert np.array_equal(draw("green grass", strength=0.0), draw())
