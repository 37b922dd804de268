"""Adapted samplers driven step by step: saved and read back, beside another, and dropped."""

from __future__ import annotations

import itertools

import pytest
import torch

from sfumato.engine import checkpoint
from sfumato.engine.trajectory import Position
from sfumato.testing.driving import draws, step
from sfumato.testing.mixture import Mixture

MIXTURE = Mixture()
SHAPE = (1, 4, 8, 8)


def start(sigma, seed=0):
    return draws(seed, SHAPE)() * sigma


def noise_at(index, seed=0):
    """The noise of one step, as the engine hands it out."""
    return draws(1000 * seed + 100 + index, SHAPE)


def advance(sampler, x, state, sigmas, first, last, *, denoise=MIXTURE.denoise, seed=0):
    """x after the steps first..last - 1."""
    sampler.steps, sampler.sigmas = len(sigmas) - 1, sigmas
    for index in range(first, last):
        x = step(sampler, denoise, x, sigmas[index], sigmas[index + 1], state, noise_at(index, seed))
    return x


def whole(sampler, sigmas, seed=0):
    return advance(sampler, start(sigmas[0], seed), {}, sigmas, 0, len(sigmas) - 1, seed=seed)


def resumed(make, sigmas, cut):
    """The end of a trajectory that was saved before step `cut` and went on in another instance."""
    state = {}
    x = advance(make(), start(sigmas[0]), state, sigmas, 0, cut)
    data = checkpoint.dump("digest", {0: Position(x=x, sampler_state=state)})
    saved = checkpoint.restore(data, "digest")[0]
    return advance(make(), saved.x, dict(saved.sampler_state), sigmas, cut, len(sigmas) - 1)


def side_by_side(sampler, sigmas):
    """Two images that one instance advances an evaluation at a time."""
    sampler.steps, sampler.sigmas = len(sigmas) - 1, sigmas
    images, states = [start(sigmas[0], seed) for seed in (0, 1)], ({}, {})
    for index in range(len(sigmas) - 1):
        walks = [
            sampler.step(x, sigmas[index], sigmas[index + 1], state, noise_at(index, seed))
            for seed, (x, state) in enumerate(zip(images, states, strict=True))
        ]
        images = in_turns(walks)
    return images


def in_turns(walks):
    ended, answers = {}, dict.fromkeys(range(len(walks)))
    while len(ended) < len(walks):
        for place in answers.keys() - ended.keys():
            answer = answers[place]
            try:
                asked = next(walks[place]) if answer is None else walks[place].send(answer)
                answers[place] = MIXTURE.denoise(asked.x, asked.sigma)
            except StopIteration as arrived:
                ended[place] = arrived.value
    return [ended[place] for place in sorted(ended)]


def watched_run(sampler, sigmas):
    """Run it, and return all it was given, each with a copy from before."""
    given = []

    def seen(tensor):
        given.append((tensor, tensor.clone()))
        return tensor

    sampler.steps, sampler.sigmas = len(sigmas) - 1, sigmas
    x, state, draw = start(sigmas[0]), {}, draws(5, SHAPE)
    for sigma, sigma_next in itertools.pairwise(sigmas):
        denoise = lambda x, sigma: seen(MIXTURE.denoise(x, sigma))  # noqa: E731
        x = step(sampler, denoise, seen(x), sigma, sigma_next, state, lambda: seen(draw()))
    return given


def goes_on_bit_for_bit(make, sigmas):
    """Whether a saved state leads to the same end, wherever the trajectory was cut."""
    straight = whole(make(), sigmas)
    return all(torch.equal(resumed(make, sigmas, cut), straight) for cut in (1, 2, 4, len(sigmas) - 2))


def is_the_same_in_company(make, sigmas):
    """Whether an image beside another is the one that it is alone."""
    images = side_by_side(make(), sigmas)
    return all(torch.equal(image, whole(make(), sigmas, seed)) for seed, image in enumerate(images))


def leaves_alone_what_is_not_its_own(make, sigmas):
    """Whether neither an input nor the global generator changed."""
    before = torch.get_rng_state()
    given = watched_run(make(), sigmas)
    return torch.equal(torch.get_rng_state(), before) and all(torch.equal(now, then) for now, then in given)


#: What every adapted sampler promises, asked of something that makes one.
PROMISES = (goes_on_bit_for_bit, is_the_same_in_company, leaves_alone_what_is_not_its_own)
every_promise = pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
