"""Noise by name: the same for an image whatever else happens."""

from __future__ import annotations

import torch

from sfumato.engine.noise import SeededNoise, draw_seed

SHAPE, CPU = (1, 4, 8, 8), torch.device("cpu")


def test_the_initial_noise_is_what_a_cpu_generator_with_the_seed_draws():
    expected = torch.randn(SHAPE, generator=torch.Generator("cpu").manual_seed(42))

    assert torch.equal(SeededNoise(42, SHAPE, CPU).initial(), expected)


def test_each_step_and_each_draw_has_noise_of_its_own_however_often_others_drew():
    noise = SeededNoise(42, SHAPE, CPU)
    first, second = noise.at(3), noise.at(4)
    draws = [first(), first(), second()]
    again = SeededNoise(42, SHAPE, CPU).at(4)

    assert torch.equal(draws[2], again())
    assert not any(torch.equal(a, b) for a, b in [(draws[0], draws[1]), (draws[0], draws[2]), (draws[1], draws[2])])


def test_draws_are_unit_gaussian_and_uncorrelated():
    draws = torch.stack([SeededNoise(seed, SHAPE, CPU).at(0)().flatten() for seed in range(500)])
    correlation = torch.corrcoef(draws[:64])

    assert abs(draws.mean()) < 0.02
    assert abs(draws.std() - 1) < 0.02
    assert correlation.fill_diagonal_(0).abs().max() < 0.35


def test_the_seed_of_a_draw_is_the_documented_hash():
    # The first 8 bytes of sha256("sfumato-noise/1:7:3:1"), little-endian, over 2: recorded so that it never changes.
    assert draw_seed(7, 3, 1) == 1_590_674_634_248_200_898


def test_seeds_beyond_32_bits_have_steps_of_their_own():
    assert not torch.equal(SeededNoise(7, SHAPE, CPU).at(0)(), SeededNoise(7 + 2**32, SHAPE, CPU).at(0)())
