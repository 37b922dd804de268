"""Guiders that are classifier-free guidance but for one thing each, which one check is there to find."""

import time
from typing import ClassVar

import sfumato.plugin as sf


class Sound(sf.Guider):
    label = "Broken"
    description = "Classifier-free guidance, with one thing wrong."
    neutral: ClassVar = {"scale": 1.0}

    class Params(sf.Params):
        scale: float = sf.Field(5.0, ge=0, le=20, help="Strength.")

    def branches(self, sigma, step, steps):
        return [sf.Branch(name="positive"), sf.Branch(name="negative", prompt="negative")]

    def combine(self, denoised, x, sigma, state):
        return denoised["negative"].lerp(denoised["positive"], self.params.scale)


class NotFinite(Sound):
    id = "broken.not-finite"

    def combine(self, denoised, x, sigma, state):
        return super().combine(denoised, x, sigma, state) * float("nan")


class Moody(Sound):
    id = "broken.moody"

    def combine(self, denoised, x, sigma, state):
        import torch

        return super().combine(denoised, x, sigma, state) + torch.randn(1) * 1e-3


class Fragile(Sound):
    id = "broken.fragile"

    def combine(self, denoised, x, sigma, state):
        return super().combine(denoised, x, sigma, state) * (self.params.scale / self.params.scale)


class Confused(Sound):
    id = "broken.confused"

    def branches(self, sigma, step, steps):
        return [*super().branches(sigma, step, steps), sf.Branch(name="third", prompt="nobody-gave-it")]


class Flat(Sound):
    id = "broken.flat"

    def combine(self, denoised, x, sigma, state):
        return super().combine(denoised, x, sigma, state)[0]


class NeverNeutral(Sound):
    id = "broken.never-neutral"

    def combine(self, denoised, x, sigma, state):
        return super().combine(denoised, x, sigma, state) * 1.01


class Dividing(Sound):
    id = "broken.dividing"

    def combine(self, denoised, x, sigma, state):
        update = denoised["positive"] - denoised["negative"]
        return denoised["positive"] + update / update.norm() * (self.params.scale - 1)


class InPlace(Sound):
    id = "broken.in-place"

    def combine(self, denoised, x, sigma, state):
        return denoised["positive"].sub_(denoised["negative"]).mul_(self.params.scale).add_(denoised["negative"])


class Forgetful(Sound):
    id = "broken.forgetful"
    past = 0

    def combine(self, denoised, x, sigma, state):
        self.past = super().combine(denoised, x, sigma, state) + self.past * 0.1
        return self.past


class Slow(Sound):
    id = "broken.slow"

    def combine(self, denoised, x, sigma, state):
        time.sleep(0.02)
        return super().combine(denoised, x, sigma, state)


@sf.hookimpl
def sfumato_register_guiders(register):
    for guider in (NotFinite, Moody, Fragile, Confused, Flat, NeverNeutral, Dividing, InPlace, Forgetful, Slow):
        register(guider)
