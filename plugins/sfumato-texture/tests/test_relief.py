"""Relief: slopes and heights belong together, on the torus and off it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from sfumato.ground.materials import RELIEF_PX as RELIEF_OF_GROUND
from sfumato.ground.materials import SurfaceSpec, render
from sfumato.ground.materials.surface import _occlusion
from sfumato_texture import relief
from sfumato_texture.poisson import solve

TILES = ["", "x", "y", "xy"]


@pytest.fixture(scope="module")
def hills():
    """(1, 1, 44, 50), smooth, without a period."""
    noise = torch.randn(1, 1, 48, 54, generator=torch.Generator().manual_seed(0))
    heights = torch.nn.functional.avg_pool2d(noise, 5, 1)
    return heights - heights.mean()


@pytest.mark.parametrize("tile", TILES)
def test_slopes_lead_back_to_their_surface(hills, tile):
    slopes = relief.slopes(hills, tile)
    found = solve(slopes, torch.zeros_like(hills), weight=1e-6, tile=tile)

    torch.testing.assert_close(relief.slopes(found, tile), slopes, atol=1e-4, rtol=0)


@pytest.mark.parametrize("tile", TILES)
def test_steps_lead_back_to_their_surface(hills, tile):
    steps = torch.cat([hills.roll(-1, axis) - hills for axis in (-1, -2)], 1)
    found = solve(steps, torch.zeros_like(hills), weight=1e-7, tile=tile, scheme="forward")

    torch.testing.assert_close(found - found.mean(), hills, atol=1e-3, rtol=0)


def test_without_slopes_the_guide_is_believed(hills):
    torch.testing.assert_close(solve(torch.zeros(1, 2, 44, 50), hills, weight=1e6, tile="xy"), hills, atol=1e-4, rtol=0)


def test_a_slope_down_to_the_right_faces_right():
    ramp = torch.arange(8.0).flip(0).expand(1, 1, 8, 8)
    normal = relief.normals(relief.slopes(ramp, ""))[0, :, 4, 4]

    torch.testing.assert_close(normal, torch.tensor([0.5**0.5, 0, 0.5**0.5]))


def test_green_is_up_in_opengl_and_down_in_directx():
    facing_up = torch.tensor([0.0, -0.6, 0.8]).reshape(1, 3, 1, 1)

    assert relief.encoded(facing_up, "opengl").flatten().tolist() == pytest.approx([0.5, 0.8, 0.9])
    assert relief.encoded(facing_up, "directx").flatten().tolist() == pytest.approx([0.5, 0.2, 0.9])


def test_heights_and_hollows_are_those_of_ground():
    """The plugin brings its own copies, since Ground's materials are not there at run time."""
    spec = SurfaceSpec(material="cobblestone", colours=(), modifiers=frozenset())
    height = render(spec, size_px=128, seed=1).height
    theirs = np.minimum(_occlusion(height), 1)
    ours = relief.occlusion(torch.from_numpy(height)[None, None], "xy")[0, 0].numpy()

    assert relief.RELIEF_PX == RELIEF_OF_GROUND
    assert np.abs(ours - theirs).max() < 0.02


@pytest.mark.parametrize(("tile", "expected"), [("x", [2, 0, 1, 2, 0]), ("", [0, 0, 1, 2, 2]), ("y", [0, 0, 1, 2, 2])])
def test_a_margin_is_the_other_side_or_the_mirror_image(tile, expected):
    row = torch.arange(3).reshape(1, 1, 1, 3)

    assert relief.pad(row, 1, tile)[0, 0, 1].tolist() == expected


def test_a_margin_may_be_wider_than_the_picture():
    row = torch.arange(2).reshape(1, 1, 1, 2)

    assert relief.pad(row, 3, "x")[0, 0, 0].tolist() == [1, 0, 1, 0, 1, 0, 1, 0]
    assert relief.pad(row, 3, "")[0, 0, 0].tolist() == [1, 1, 0, 0, 1, 1, 0, 0]
