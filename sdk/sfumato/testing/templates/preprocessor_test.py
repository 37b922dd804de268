"""The preprocessor keeps every contract, and does what it is for."""

import numpy as np

import sfumato.plugin as sf
from sfumato.testing import conformance_tests
from sfumato.testing.pictures import StandInWork
from sfumato.testing.studio import recipe
from sfumato.testing.templates.preprocessor import Slopes

test_conformance = conformance_tests("template-plugin")


def test_an_edge_is_white_and_an_even_field_black() -> None:
    """One edge in the middle, and nothing beside it."""
    pixels = np.zeros((8, 8, 3), np.float32)
    pixels[:, 4:] = 1
    work = StandInWork(recipe=recipe(0), seed=0, images={})
    found = Slopes().map(sf.Image(pixels=pixels), work).pixels[..., 0]

    assert (found[:, 3:5] == 1).all()
    assert (found[:, [0, 1, 6, 7]] == 0).all()
