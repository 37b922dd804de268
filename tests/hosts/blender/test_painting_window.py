"""Painting in Blender with its window: the texture grows by the timer, and the 3D view is what is painted from."""

import pytest


@pytest.fixture(scope="module")
def found(blender_window):
    return blender_window.run("painting_window_checks.py")


def test_the_texture_grows_without_anybody_draining(found, blender_window):
    assert found["errors"] == []
    assert found["growing"][0] == "Suzanne (painting)"
    assert found["growing"][1].startswith(("Painting view", "Filling"))
    assert found["painted"] == ["succeeded", None]
    for name in ("growing", "painted", "repainted"):
        assert (blender_window.home / f"{name}.png").stat().st_size > 50_000
    assert found.complaints == []


def test_what_the_3d_view_sees_is_painted_anew_and_the_rest_kept(found):
    state, fault, changed = found["repainted"]

    assert found["asked"] == ["FINISHED"]
    assert (state, fault) == ("succeeded", None)
    assert 0.03 < changed < 0.6


def test_the_timer_gives_the_main_thread_back_soon(found):
    """By the processor's clock: what the machine does beside is not Blender's waiting."""
    _, slowest = found["turns"]

    assert max(worked for _, worked in slowest) < 0.05
