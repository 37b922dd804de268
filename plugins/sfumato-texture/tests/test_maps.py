"""Material maps, with the weights that ship."""

from __future__ import annotations

import numpy as np
import pydantic
import pytest
import torch

import sfumato.plugin as sf
from sfumato.ground.materials import SurfaceSpec, render, shade
from sfumato.ground.padding import circular
from sfumato_texture import surface
from sfumato_texture.mapping import maps_of
from sfumato_texture.maps import LAYERS, Maps
from sfumato_texture.measures import SEAM_LIMIT, seam_ratio
from sfumato_texture.network import REACH_PX, STRIDE_PX, MapNetwork
from sfumato_texture.resizing import resized
from sfumato_texture.surface import WEIGHTS, interpret, read, shipped_network


def quiet(share):
    """Nobody wants to know."""


def normals(colours):
    """(H, W, 3) unit vectors of an OpenGL normal map, y down."""
    vectors = (colours * 2 - 1) * [1, -1, 1]
    return vectors / np.linalg.norm(vectors, axis=2, keepdims=True)


def angle_deg(one, other):
    return np.degrees(np.arccos(np.clip((one * other).sum(2), -1, 1))).mean()


def test_the_weights_are_few_half_precise_and_free():
    assert WEIGHTS.stat().st_size < 5_000_000
    assert "CC0" in (WEIGHTS.parent / "LICENSE").read_text(encoding="utf-8")
    assert sum(weights.numel() for weights in shipped_network().parameters()) < 2_000_000


def test_loading_the_weights_draws_nothing_from_the_global_generator():
    shipped_network.cache_clear()
    before = torch.get_rng_state()
    shipped_network()

    assert (torch.get_rng_state() == before).all()


@pytest.mark.parametrize(("material", "of_flat"), [("brick", 0.6), ("shingles", 0.6), ("knit", 0.75)])
def test_normals_are_those_of_the_material(material, of_flat):
    """Knit is a material that training never saw."""
    rendered = render(SurfaceSpec(material=material, colours=("red",), modifiers=frozenset()), size_px=128, seed=2**34)
    made = maps_of(shade(rendered).astype(np.float32) / np.float32(255), tile="xy")
    down, across = np.gradient(np.pad(rendered.height * 12.0, 1, mode="wrap"))
    truth = np.stack([-across, -down, np.ones_like(down)], axis=2)[1:-1, 1:-1]
    truth /= np.linalg.norm(truth, axis=2, keepdims=True)

    flat = angle_deg(np.broadcast_to([0.0, 0.0, 1.0], truth.shape), truth)
    assert angle_deg(normals(made["normal"]), truth) < of_flat * flat


@pytest.mark.parametrize("strength", [0.5, 1.0, 2.0])
def test_normals_and_occlusion_follow_from_the_height_map(bricks, strength):
    made = maps_of(bricks.pixels, tile="xy", strength=strength)
    down, across = np.gradient(np.pad(made["height"][:, :, 0] * 12.0 * strength, 1, mode="wrap").astype(np.float64))
    expected = np.stack([-across, -down, np.ones_like(down)], axis=2)[1:-1, 1:-1]
    expected /= np.linalg.norm(expected, axis=2, keepdims=True)

    assert angle_deg(normals(made["normal"]), expected) < 0.1
    low, high = (made["height"] < np.quantile(made["height"], q) for q in (0.1, 0.5))
    assert made["ambient-occlusion"][low].mean() < made["ambient-occlusion"][~high].mean()


@pytest.mark.parametrize("times", [2, 3.5])
def test_an_enlarged_picture_keeps_its_relief(bricks, times):
    former = bricks.pixels.shape[:2]
    larger = at_size(bricks.pixels, tuple(round(side * times) for side in former))
    before, after = maps_of(bricks.pixels, tile="xy"), maps_of(larger, tile="xy", magnification=times)
    slopes = [np.abs(each["normal"][:, :, :2] * 2 - 1).mean() for each in (before, after, maps_of(larger, tile="xy"))]

    assert slopes[1] == pytest.approx(slopes[0], rel=0.1)
    assert slopes[2] < 0.7 * slopes[0]
    for name in ("height", "normal", "ambient-occlusion"):
        assert np.abs(at_size(after[name], former) - before[name]).mean() < 0.03, name
        assert max(seam_ratio(after[name], axis) for axis in (0, 1)) <= SEAM_LIMIT, name
    down, across = np.gradient(np.pad(after["height"][:, :, 0] * 12.0 * times, 1, mode="wrap").astype(np.float64))
    expected = np.stack([-across, -down, np.ones_like(down)], axis=2)[1:-1, 1:-1]
    assert angle_deg(normals(after["normal"]), expected / np.linalg.norm(expected, axis=2, keepdims=True)) < 0.1


def at_size(picture, size_px):
    """A picture (H, W, C) that tiles, at another size."""
    planes = torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1))[None])
    return resized(planes, size_px, "xy")[0].permute(1, 2, 0).numpy().clip(0, 1)


@pytest.mark.parametrize("convention", ["opengl", "directx"])
def test_normals_are_of_unit_length(bricks, convention):
    vectors = (
        maps_of(bricks.pixels, tile="xy", strength=3.0, convention=convention)["normal"].astype(np.float64) * 2 - 1
    )

    np.testing.assert_allclose(np.linalg.norm(vectors, axis=2), 1, atol=1e-5)
    assert (vectors[:, :, 2] > 0).all()


def test_a_strength_of_nought_is_flat(bricks):
    made = maps_of(bricks.pixels, strength=0.0)

    assert np.allclose(made["normal"], [0.5, 0.5, 1])
    assert (made["ambient-occlusion"] == 1).all()


def test_directx_turns_green_around(bricks):
    opengl, directx = (maps_of(bricks.pixels, convention=name)["normal"] for name in ("opengl", "directx"))

    np.testing.assert_allclose(opengl[:, :, 1], 1 - directx[:, :, 1], atol=1e-6)
    assert (opengl[:, :, [0, 2]] == directx[:, :, [0, 2]]).all()
    assert np.abs(opengl[:, :, 1] - 0.5).mean() > 0.02


@pytest.mark.parametrize("material", ["brick", "granite", "knit", "tiles"])
def test_maps_of_a_seamless_picture_are_seamless(material, seamless):
    for name, made in maps_of(seamless(material, 9, size_px=256), tile="xy").items():
        for axis in (0, 1):
            assert seam_ratio(made, axis) <= SEAM_LIMIT, (name, axis)


def test_a_seamless_picture_moved_around_gives_the_maps_moved_around(bricks):
    """So there is no seam at all, wherever the picture begins."""
    by = (5 * STRIDE_PX, 3 * STRIDE_PX)
    before = maps_of(bricks.pixels, tile="xy")
    behind = maps_of(np.roll(bricks.pixels, by, (0, 1)), tile="xy")

    for name in LAYERS:
        np.testing.assert_allclose(np.roll(before[name], by, (0, 1)), behind[name], atol=2e-4)


@pytest.mark.parametrize(("tile", "axis"), [("x", 1), ("y", 0)])
def test_only_the_axes_that_tile_wrap_around(tile, axis, photographed):
    """What lies at one side has its effect on the other one, on that axis alone."""
    picture = photographed("granite", 3)
    marked = picture.copy()
    marked[tuple(slice(None, 6) if each == axis else slice(None) for each in (0, 1))] = 1
    end = tuple(slice(-4, None) if each == axis else slice(None) for each in (0, 1))

    def changed(tile):
        one, other = (maps_of(each, tile=tile)["roughness"] for each in (picture, marked))
        return np.abs(one - other)[end].mean()

    assert changed(tile) > 10 * changed("y" if tile == "x" else "x") + 1e-4


def test_windows_give_what_the_whole_gives(bricks, monkeypatch):
    picture = torch.from_numpy(bricks.pixels.transpose(2, 0, 1)[None].copy())
    with torch.inference_mode(), circular(shipped_network()):
        whole = interpret(shipped_network()(picture), picture, "xy")
    at_once = read(picture, "xy", quiet)
    monkeypatch.setattr(surface, "WINDOW_PX", 48)
    monkeypatch.setattr(surface, "LARGEST_WHOLE_PX", 0)
    windows = read(picture, "xy", quiet)

    for surface_read in (at_once, windows):
        torch.testing.assert_close(surface_read.relief_px, whole.relief_px, atol=2e-3, rtol=0)
        torch.testing.assert_close(surface_read.albedo, whole.albedo, atol=1e-4, rtol=0)


def test_the_network_reaches_as_far_as_it_says():
    """The margin of the windows rests on it."""
    network = MapNetwork().double()
    for weights in network.parameters():
        weights.data.uniform_(0.01, 0.02)
    size = 2 * REACH_PX + 2 * STRIDE_PX
    picture = torch.full((1, 3, size, size), 0.6, dtype=torch.float64, requires_grad=True)
    out = network(picture)
    reaches = []
    for centre in range(REACH_PX, REACH_PX + STRIDE_PX):
        (gradient,) = torch.autograd.grad(out[0, 0, centre, REACH_PX], picture, retain_graph=True)
        rows = torch.nonzero(gradient[0, 0].abs().sum(1)).flatten()
        reaches += [centre - int(rows[0]), int(rows[-1]) - centre]

    assert REACH_PX - STRIDE_PX <= max(reaches) <= REACH_PX


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 5, 3), (1, 130, 4), (61, 50, 1)])
@pytest.mark.parametrize("tile", ["", "xy"])
def test_any_size_and_any_channels(shape, tile):
    made = maps_of(np.random.default_rng(0).random(shape, np.float32), tile=tile)

    assert {name: (*each.shape, each.dtype.name) for name, each in made.items()} == {
        name: (*shape[:2], 3 if name in ("albedo", "normal") else 1, "float32") for name in LAYERS
    }
    assert all(np.isfinite(each).all() and each.min() >= 0 and each.max() <= 1 for each in made.values())


def test_the_image_comes_first_and_each_map_is_a_layer_of_sixteen_bits(bricks, desk):
    image, *layers = Maps().process(bricks, desk(tile="xy"))

    assert image is bricks
    assert [(layer.name, layer.bits) for layer in layers] == [(name, 16) for name in LAYERS]


def test_only_the_maps_that_were_chosen(bricks, desk):
    params = Maps.Params(albedo=False, roughness=False, ambient_occlusion=False)
    _, *layers = Maps(params).process(bricks, desk())

    assert [layer.name for layer in layers] == ["height", "normal"]


def test_the_same_image_gives_the_same_bytes(bricks, desk):
    one, other = (Maps().process(bricks, desk(tile="x")) for _ in range(2))

    assert all((a.pixels == b.pixels).all() for a, b in zip(one, other, strict=True))


def test_reading_can_be_cancelled_at_every_window(bricks, desk, monkeypatch):
    monkeypatch.setattr(surface, "WINDOW_PX", 64)
    watched = desk()
    Maps().process(bricks, watched)
    assert watched.shares == [0, 0.25, 0.5, 0.75, 1]

    for place, share in enumerate(watched.shares):
        impatient = desk(cancel_at=share)
        with pytest.raises(sf.JobCancelled):
            Maps().process(bricks, impatient)
        assert len(impatient.shares) == place + 1


@pytest.mark.parametrize("size_px", [256, 1024])
def test_large_pictures_keep_their_size_and_have_no_seam(size_px, seamless):
    made = maps_of(seamless("cobblestone", 4, size_px), tile="xy")

    for name, each in made.items():
        assert each.shape[:2] == (size_px, size_px)
        assert max(seam_ratio(each, axis) for axis in (0, 1)) <= SEAM_LIMIT, name


def test_parameters_out_of_range_are_refused():
    with pytest.raises(pydantic.ValidationError, match="less than or equal to 4"):
        Maps.Params(strength=5)
    with pytest.raises(pydantic.ValidationError, match="directx"):
        Maps.Params(convention="vulkan")
