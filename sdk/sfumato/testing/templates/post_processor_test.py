"""The post-processor keeps every contract, and does what it is for."""

import numpy as np

import sfumato.plugin as sf
from sfumato.testing import conformance_tests
from sfumato.testing.pictures import StandInWork
from sfumato.testing.studio import recipe
from sfumato.testing.templates.post_processor import Warm, WarmParams

test_conformance = conformance_tests("template-plugin")


def test_white_becomes_the_colour_of_the_light() -> None:
    """At full strength, white is the tint itself."""
    white = sf.Image(pixels=np.ones((2, 2, 3), np.float32))
    work = StandInWork(recipe=recipe(0), seed=0, images={})
    found = Warm(WarmParams(strength=1.0, tint="#ff8000")).process(white, work)

    assert np.allclose(found.pixels[0, 0], (1, 128 / 255, 0))
