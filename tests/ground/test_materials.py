"""Every material tiles, repeats, stays in range and shows the colour it was asked for."""

from __future__ import annotations

import time

import numpy as np
import numpy.typing as npt
import pytest

from sfumato.ground.materials import COLOURS, MATERIALS, MODIFIERS, SurfaceSpec, render, shade
from sfumato.ground.materials.fields import smoothstep

SKY_AND_GLOW = frozenset({"clouds", "lava"})
"""Half of these is something else (the sky, the crust), so their mean is not one colour."""


def _spec(material: str, *colours: str, modifiers: frozenset[str] = frozenset()) -> SurfaceSpec:
    return SurfaceSpec(material=material, colours=colours, modifiers=modifiers)


def _seam_ratio(picture: npt.NDArray[np.uint8], axis: int) -> float:
    """The mean step across the wrap line, against the 99th percentile of the steps inside."""
    steps = np.abs(np.roll(picture, -1, axis).astype(float) - picture).mean(axis=(1 - axis, 2))
    return float(steps[-1] / np.percentile(steps[:-1], 99))


@pytest.mark.parametrize("material", MATERIALS)
@pytest.mark.parametrize("size_px", [128, 192])
def test_no_seam_where_the_picture_wraps(material: str, size_px: int) -> None:
    picture = shade(render(_spec(material), size_px=size_px, seed=11))
    assert max(_seam_ratio(picture, 0), _seam_ratio(picture, 1)) <= 1.15


@pytest.mark.parametrize("material", MATERIALS)
def test_modifiers_keep_the_picture_seamless(material: str) -> None:
    """A crack may happen to run along the wrap line of one seed; a seam would show in both."""
    for modifier in sorted(MATERIALS[material].modifiers):
        spec = _spec(material, modifiers=frozenset({modifier}))
        pictures = [shade(render(spec, size_px=128, seed=seed)) for seed in (4, 5)]
        for axis in (0, 1):
            assert min(_seam_ratio(picture, axis) for picture in pictures) <= 1.15, modifier


@pytest.mark.parametrize("material", MATERIALS)
def test_maps_are_float32_between_0_and_1(material: str) -> None:
    for modifier in sorted(MATERIALS[material].modifiers):
        surface = render(_spec(material, modifiers=frozenset({modifier})), size_px=64, seed=4)
        for field in (surface.albedo, surface.height, surface.roughness):
            assert field.dtype == np.float32
            assert 0 <= field.min() <= field.max() <= 1, modifier


@pytest.mark.parametrize("material", MATERIALS)
def test_equal_arguments_give_equal_bytes(material: str) -> None:
    spec = _spec(material, "teal", "white")
    first, second = render(spec, size_px=64, seed=5), render(spec, size_px=64, seed=5)
    assert first.albedo.tobytes() == second.albedo.tobytes()
    assert first.height.tobytes() == second.height.tobytes()
    assert first.height.tobytes() != render(spec, size_px=64, seed=6).height.tobytes()


@pytest.mark.parametrize("material", MATERIALS)
def test_another_colour_is_the_same_piece_repainted(material: str) -> None:
    red, blue = render(_spec(material, "red"), seed=2), render(_spec(material, "blue"), seed=2)
    assert np.array_equal(red.height, blue.height)
    assert not np.array_equal(red.albedo, blue.albedo)


@pytest.mark.parametrize("material", sorted(MATERIALS.keys() - SKY_AND_GLOW))
@pytest.mark.parametrize("colour", ["red", "yellow", "green", "teal", "blue", "purple", "white", "grey", "black"])
def test_the_main_colour_is_what_the_mean_looks_like(material: str, colour: str) -> None:
    mean = shade(render(_spec(material, colour), size_px=128, seed=1)).mean((0, 1))
    assert _nearest(mean) == colour


@pytest.mark.parametrize("material", MATERIALS)
def test_the_main_colour_covers_more_than_the_second(material: str) -> None:
    albedo = render(_spec(material, "red", "blue"), size_px=192, seed=3).albedo
    assert np.mean(albedo[..., 0] > albedo[..., 2]) > 0.49


def _nearest(mean: npt.NDArray[np.float64]) -> str:
    return min(COLOURS, key=lambda name: float(np.sum((_lab(np.array(COLOURS[name])) - _lab(mean)) ** 2)))


def _lab(rgb: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """OKLab (Ottosson 2020) of an sRGB colour in 0..255, chroma at three times the weight of lightness."""
    linear = np.where(rgb > 10, ((rgb / 255 + 0.055) / 1.055) ** 2.4, rgb / 255 / 12.92)
    lms = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]]) @ linear
    lab = np.array([[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]]) @ np.cbrt(lms)
    weighted: npt.NDArray[np.float64] = lab * np.array([0.5, 1.5, 1.5])
    return weighted


@pytest.mark.parametrize("modifier", MODIFIERS)
def test_each_modifier_changes_a_brick_wall(modifier: str) -> None:
    plain = shade(render(_spec("brick", "red"), size_px=128, seed=8)).astype(float)
    changed = shade(render(_spec("brick", "red", modifiers=frozenset({modifier})), size_px=128, seed=8)).astype(float)
    assert np.abs(plain - changed).mean() > 4


def test_a_larger_canvas_holds_more_bricks_of_the_same_size() -> None:
    def courses(size_px: int) -> int:
        profile = render(_spec("brick"), size_px=size_px, seed=9).height.mean(1)
        return int(np.abs(np.fft.rfft(profile - profile.mean())).argmax())

    assert courses(512) == 2 * courses(256)


def test_a_size_off_the_grid_is_refused() -> None:
    with pytest.raises(ValueError, match=r"100.*multiple of 64"):
        render(_spec("brick"), size_px=100, seed=0)


def test_smoothstep_may_fall() -> None:
    edge = np.array([0.0, 0.5, 1.0], np.float32)
    assert smoothstep(1.0, 0.0, edge).tolist() == [1.0, 0.5, 0.0]


def test_a_picture_is_cheap() -> None:
    start = time.process_time()
    for material in MATERIALS:
        shade(render(_spec(material), seed=0))
    assert (time.process_time() - start) / len(MATERIALS) < 0.15
