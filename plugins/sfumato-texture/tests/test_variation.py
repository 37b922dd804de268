"""Surfaces made of surfaces: still seamless, still within range, and lit as their maps say."""

from __future__ import annotations

import numpy as np
import pytest

from sfumato.ground.materials import Surface, SurfaceSpec, render, shade
from sfumato_texture.measures import SEAM_LIMIT, seam_ratio
from sfumato_texture.training import renders, variation
from sfumato_texture.training.renders import Renders
from sfumato_texture.training.variation import imagined_height, varied


@pytest.fixture(scope="module")
def walls():
    specs = [SurfaceSpec(material=name, colours=(), modifiers=frozenset()) for name in ("brick", "scales")]
    return [render(spec, size_px=64, seed=1) for spec in specs]


def only(monkeypatch, *chosen):
    for name in ("REPAINTED", "POLISHED", "IMAGINED", "BLENDED", "INVERTED", "SCALED"):
        monkeypatch.setattr(variation, f"{name}_SHARE", float(name in chosen))


def same_up_to_turns(one, other):
    return any((np.rot90(each, quarters) == other).all() for each in (one, one[:, ::-1]) for quarters in range(4))


def test_without_changes_surfaces_are_turned_as_a_whole(walls, monkeypatch):
    only(monkeypatch)
    for before, behind in zip(walls, varied(walls, np.random.default_rng(3)), strict=True):
        together = [np.dstack([each.albedo, each.height, each.roughness]) for each in (before, behind)]
        assert same_up_to_turns(*together)


def test_no_change_leaves_every_share_out(walls, monkeypatch):
    only(monkeypatch, "REPAINTED", "POLISHED", "IMAGINED", "BLENDED", "INVERTED", "SCALED")
    for before, behind in zip(walls, varied(walls, np.random.default_rng(3), change=0.0), strict=True):
        assert same_up_to_turns(before.height, behind.height)
        assert same_up_to_turns(before.albedo, behind.albedo)


def test_turns_differ(walls, monkeypatch):
    only(monkeypatch)
    rng = np.random.default_rng(0)
    assert len({varied(walls, rng)[0].height.tobytes() for _ in range(60)}) == 8


@pytest.mark.parametrize(
    ("change", "of_other", "own"),
    [("REPAINTED", "albedo", "height"), ("POLISHED", "roughness", "albedo")],
)
def test_a_map_is_taken_from_another_surface(walls, monkeypatch, change, of_other, own):
    only(monkeypatch, change)
    first = varied(walls, np.random.default_rng(1))[0]

    assert same_up_to_turns(getattr(walls[1], of_other), getattr(first, of_other))
    assert same_up_to_turns(getattr(walls[0], own), getattr(first, own))


def test_an_inverted_surface_is_its_own_cast(walls, monkeypatch):
    only(monkeypatch, "INVERTED")
    assert same_up_to_turns(1 - walls[0].height, varied(walls, np.random.default_rng(1))[0].height)


def test_everything_at_once_stays_seamless_and_in_range(walls, monkeypatch):
    only(monkeypatch, "REPAINTED", "POLISHED", "IMAGINED", "BLENDED", "INVERTED", "SCALED")
    for surface in varied(walls, np.random.default_rng(5)):
        for pixels in (surface.albedo, surface.height, surface.roughness):
            assert pixels.dtype == np.float32
            assert pixels.min() >= 0
            assert pixels.max() <= 1
        assert max(seam_ratio(surface.height, axis) for axis in (0, 1)) <= SEAM_LIMIT


def test_a_varied_batch_is_lit_from_the_upper_left(tmp_path, monkeypatch):
    """The light does not turn with the surface."""
    monkeypatch.setattr(renders, "SHARD_PX", 4 * 64 * 64)
    monkeypatch.setattr(renders, "size_px", lambda split, index: 64)
    folder = tmp_path / "maps" / "train"
    folder.mkdir(parents=True)
    renders.render_shard(folder, "train", 1)
    batch = Renders(tmp_path, "train").varied_batch(4 * 64 * 64, np.random.default_rng(2), 1.0).numpy()

    for maps in batch:
        surface = Surface(albedo=maps[3:6].transpose(1, 2, 0), height=maps[6], roughness=maps[7])
        assert np.abs(shade(surface).transpose(2, 0, 1) / 255 - maps[:3]).max() <= 1 / 255 + 1e-6


def test_an_imagined_relief_has_no_seam_and_belongs_to_no_surface(walls, monkeypatch):
    only(monkeypatch, "IMAGINED")
    first = varied(walls, np.random.default_rng(1))[0]

    assert not same_up_to_turns(walls[0].height, first.height)
    assert same_up_to_turns(walls[0].albedo, first.albedo)


@pytest.mark.parametrize("seed", range(12))
def test_imagined_reliefs_are_seamless_and_in_range(seed):
    height = imagined_height(64, np.random.default_rng(seed))

    assert height.dtype == np.float32
    assert 0 <= height.min() < height.max() <= 1
    for axis in (0, 1):
        assert seam_ratio(height[:, :, None], axis) <= SEAM_LIMIT
