"""What a daemon is asked for a view."""

from types import SimpleNamespace

import numpy as np

from sfumato.recipe import Selection
from sfumato.texturing.asking import asked
from sfumato.texturing.control import DepthControl

CONTROL = DepthControl(id="x.depth", image="map", params={"mode": "depth"})


def view(number=0, new=True):
    shape = (16, 24)
    return SimpleNamespace(
        number=number,
        new=np.full(shape, new),
        camera=SimpleNamespace(width_px=24, height_px=16),
        depth=np.zeros((*shape, 3), np.uint8),
        painted=np.zeros((*shape, 3), np.uint8),
    )


def request(given, control=None, **options):
    return asked(given, options, seed=100, control=control, stand=lambda name, picture: (name, picture.shape))


def test_the_first_view_is_drawn_from_words_and_others_where_they_are_new():
    first, later = request(view()), request(view(number=2, new=False))

    assert first == {"seed": 100, "size": (24, 16)}
    assert later["init"] == ("init", (16, 24, 3))
    assert later["mask"] == ("mask", (16, 24))
    assert later["seed"] not in (100, 101, 102)


def test_the_depth_comes_behind_the_conditioners_that_are_there():
    found = request(view(), CONTROL, conditioners=["x.other", Selection(id="x.third", params={"a": 1})])

    assert [each.to_json() for each in found["conditioners"]] == [
        {"id": "x.other", "params": {}},
        {"id": "x.third", "params": {"a": 1}},
        {"id": "x.depth", "params": {"map": ("depth", (16, 24, 3)), "mode": "depth"}},
    ]


def test_a_depth_conditioner_that_was_chosen_gets_the_depth_and_keeps_its_settings():
    chosen = Selection(id="x.depth", params={"strength": 0.5, "map": "another"})
    [only] = request(view(), CONTROL, conditioners=[chosen])["conditioners"]

    assert dict(only.params) == {"mode": "depth", "strength": 0.5, "map": ("depth", (16, 24, 3))}
