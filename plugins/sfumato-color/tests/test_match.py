"""Matching: the image's colours become the reference's, and nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest

import sfumato.plugin as sf
from sfumato_color.match import Match
from sfumato_color.oklab import from_srgb, to_srgb

WAYS = [("histogram", "oklab"), ("histogram", "rgb"), ("spread", "oklab"), ("spread", "rgb"), ("palette", "oklab")]


def match(image, work, **params):
    return Match(Match.Params(**params)).process(image, work)


def distance(image, reference):
    """How far apart the two colour distributions are: the mean over channels of the distance of quantiles."""
    shares = np.linspace(0, 1, 101)
    mine, theirs = (np.quantile(each.pixels[:, :, :3].reshape(-1, 3), shares, axis=0) for each in (image, reference))
    return np.abs(mine - theirs).mean()


def test_oklab_is_that_of_its_author():
    """From the table at the end of the post: sRGB white, red and blue."""
    rgb = np.array([[1, 1, 1], [1, 0, 0], [0, 0, 1]], np.float32)
    expected = [[1, 0, 0], [0.62796, 0.22486, 0.12585], [0.45201, -0.03246, -0.31153]]

    np.testing.assert_allclose(from_srgb(rgb), expected, atol=2e-4)
    np.testing.assert_allclose(to_srgb(from_srgb(rgb)), rgb, atol=1e-4)


@pytest.mark.parametrize(("method", "space"), WAYS)
def test_the_colours_become_the_references(bricks, moss, sfumato_work, method, space):
    matched = match(bricks, sfumato_work(images={"reference": moss}), method=method, space=space)

    assert distance(matched, moss) < distance(bricks, moss) / (3 if method != "histogram" else 20)


@pytest.mark.parametrize(("method", "space"), WAYS)
def test_a_picture_matched_to_itself_stays(bricks, sfumato_work, method, space):
    matched = match(bricks, sfumato_work(images={"reference": bricks}), method=method, space=space)

    assert np.abs(matched.pixels - bricks.pixels).max() < 2e-3


def test_a_histogram_is_matched_exactly_where_it_can_be(sfumato_work):
    """As many pixels, all different: the values are the reference's, in the order of the image's."""
    random = np.random.default_rng(0)
    image, reference = (sf.Image(pixels=random.permutation(64 * 64).reshape(64, 64, 1).astype(np.float32) / 8192 + low)
        for low in (0, 0.25))  # fmt: skip
    matched = match(image, sfumato_work(images={"reference": reference}), space="rgb")

    np.testing.assert_allclose(matched.pixels[:, :, :1], image.pixels + 0.25, atol=1e-6)


def test_at_strength_zero_it_is_the_identity_and_halfway_it_is_half(bricks, moss, sfumato_work):
    work = sfumato_work(images={"reference": moss})

    assert match(bricks, work, strength=0.0) is bricks
    whole = match(bricks, work).pixels
    np.testing.assert_allclose(match(bricks, work, strength=0.5).pixels, (bricks.pixels + whole) / 2, atol=1e-5)


def test_lightness_may_stay(bricks, moss, sfumato_work):
    kept = match(bricks, sfumato_work(images={"reference": moss}), keep_lightness=True)
    before, after = from_srgb(bricks.pixels), from_srgb(kept.pixels)

    assert np.abs(after - before)[:, :, 0].mean() < 0.01
    assert np.abs(after - before)[:, :, 1:].mean() > 0.03


def test_what_cannot_be_seen_does_not_count(bricks, moss, sfumato_work):
    """The reference's opaque half alone decides, and so does the image's."""
    half = np.zeros((64, 64, 1), np.float32)
    half[:32] = 1
    glaring = np.where(half > 0, moss.pixels, np.float32([1, 0, 1]))
    transparent = sf.Image(pixels=np.concatenate([glaring, half], axis=2))
    cropped = sf.Image(pixels=moss.pixels[:32])

    for method, space in WAYS:
        plain = match(bricks, sfumato_work(images={"reference": cropped}), method=method, space=space)
        hidden = match(bricks, sfumato_work(images={"reference": transparent}), method=method, space=space)
        np.testing.assert_allclose(hidden.pixels, plain.pixels, atol=1e-4)


def test_without_a_reference_the_parameter_is_named(bricks, sfumato_work):
    with pytest.raises(ValueError, match="reference: got no picture"):
        match(bricks, sfumato_work())
