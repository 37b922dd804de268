"""Samplers that are Euler's method but for one thing each, which one check is there to find."""

import random
import time

import pydantic

import sfumato.plugin as sf


class Sound(sf.Sampler):
    label, order = "Broken", 1
    description = "Euler's method, with one thing wrong."

    def step(self, x, sigma, sigma_next, state, noise):
        denoised = yield sf.Evaluate(x, sigma)
        return x + (x - denoised) / sigma * (sigma_next - sigma)


class NotFinite(Sound):
    id = "broken.not-finite"

    def step(self, x, sigma, sigma_next, state, noise):
        return (yield from super().step(x, sigma, sigma_next, state, noise)) / (sigma_next - sigma_next)


class Moody(Sound):
    id = "broken.moody"

    def step(self, x, sigma, sigma_next, state, noise):
        import torch

        found = yield from super().step(x, sigma, sigma_next, state, noise)
        return found + torch.rand(1) * 1e-3


class Reseeding(Sound):
    id = "broken.reseeding"

    def step(self, x, sigma, sigma_next, state, noise):
        random.seed(0)
        return (yield from super().step(x, sigma, sigma_next, state, noise))


class Fragile(Sound):
    id = "broken.fragile"

    class Params(sf.Params):
        depth: int = sf.Field(3, ge=0, le=10, help="How deep; 0 is a mistake that nobody tried.")

    def step(self, x, sigma, sigma_next, state, noise):
        found = yield from super().step(x, sigma, sigma_next, state, noise)
        return found * (self.params.depth // self.params.depth)


class Double(Sound):
    id = "broken.double"

    def step(self, x, sigma, sigma_next, state, noise):
        return (yield from super().step(x, sigma, sigma_next, state, noise)).double()


class InPlace(Sound):
    id = "broken.in-place"

    def step(self, x, sigma, sigma_next, state, noise):
        denoised = yield sf.Evaluate(x, sigma)
        return x.add_((x - denoised) / sigma * (sigma_next - sigma))


class Greedy(Sound):
    id = "broken.greedy"

    def step(self, x, sigma, sigma_next, state, noise):
        yield sf.Evaluate(x, sigma)
        return (yield from super().step(x, sigma, sigma_next, state, noise))


class SecretlyNoisy(Sound):
    id = "broken.secretly-noisy"

    def step(self, x, sigma, sigma_next, state, noise):
        return (yield from super().step(x, sigma, sigma_next, state, noise)) + noise() * 0


class KeepsInSelf(Sound):
    id = "broken.keeps-in-self"
    last = 0

    def step(self, x, sigma, sigma_next, state, noise):
        found = yield from super().step(x, sigma, sigma_next, state, noise)
        found, self.last = found + self.last * 1e-3, found
        return found


class Unsaveable(Sound):
    id = "broken.unsaveable"

    def step(self, x, sigma, sigma_next, state, noise):
        state["past"] = [sigma]
        return (yield from super().step(x, sigma, sigma_next, state, noise))


class Stubborn(Sound):
    id = "broken.stubborn"

    def step(self, x, sigma, sigma_next, state, noise):
        try:
            denoised = yield sf.Evaluate(x, sigma)
        except GeneratorExit:
            denoised = yield sf.Evaluate(x, sigma)
        return x + (x - denoised) / sigma * (sigma_next - sigma)


class LeavesNoise(Sound):
    id = "broken.leaves-noise"

    def step(self, x, sigma, sigma_next, state, noise):
        return (yield from super().step(x, sigma, sigma_next + 0.1, state, noise))


class Boastful(Sound):
    id, order = "broken.boastful", 2


class Slanted(Sound):
    id = "broken.slanted"

    def step(self, x, sigma, sigma_next, state, noise):
        return (yield from super().step(x, sigma, sigma_next, state, noise)) * 0.995


class Slow(Sound):
    id = "broken.slow"

    def step(self, x, sigma, sigma_next, state, noise):
        time.sleep(0.02)
        return (yield from super().step(x, sigma, sigma_next, state, noise))


class LongWinded(Sound):
    id = "broken.a-name-that-goes-on-and-on-and-on-until-no-list-can-show-all-of-it"


class Mute(Sound):
    id, description = "broken.mute", ""


class Unexplained(Sound):
    id = "broken.unexplained"

    class Params(sf.Params):
        mystery: float = sf.Field(0.0, ge=0, le=1)


class Shouting(Sound):
    id = "broken.shouting"

    class Params(sf.Params):
        word: str = sf.Field("moss", help="Comes back in capitals when it is given.")

        @pydantic.field_validator("word")
        @classmethod
        def shout(cls, word):
            return word.upper()


class LooseBound(Sound):
    id = "broken.loose-bound"

    class Params(sf.Params):
        amount: float = sf.Field(0.5, ge=0, le=1, display=(0, 5), help="Its slider goes beyond its range.")


class Choking(Sound):
    id = "broken.choking"

    class Params(sf.Params):
        amount: float = sf.Field(0.5, ge=0, le=1, help="Its validation raises what nobody expects.")

        def model_post_init(self, context):
            if self.amount > 0.9:
                raise KeyError("amount")


BROKEN = (
    NotFinite, Moody, Reseeding, Fragile, Double, InPlace, Greedy, SecretlyNoisy, KeepsInSelf, Unsaveable, Stubborn,
    LeavesNoise, Boastful, Slanted, Slow, LongWinded, Mute, Unexplained, Shouting, LooseBound, Choking,
)  # fmt: skip


@sf.hookimpl
def sfumato_register_samplers(register):
    for sampler in BROKEN:
        register(sampler)
