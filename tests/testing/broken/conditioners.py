"""Conditioners that are sound but for one thing each, which one check is there to find."""

import itertools
import random
import time
from dataclasses import replace
from typing import ClassVar

import sfumato.plugin as sf


class Sound(sf.Conditioner):
    label = "Broken"
    description = "Makes the prompt louder, with one thing wrong."
    neutral: ClassVar = {"strength": 0.0}

    class Params(sf.Params):
        strength: float = sf.Field(0.5, ge=0, le=1, help="How much louder.")

    def condition(self, call, at):
        return replace(call, prompt=call.prompt * (1 + self.params.strength))


class NotFinite(Sound):
    id = "broken.not-finite"

    def restrain(self, denoised, sigma, at):
        # Past the engine's own look at what comes of a step.
        return denoised.clamp(max=float("inf")) if at.step_index < 5 else denoised * float("inf")


class Moody(Sound):
    id = "broken.moody"

    def restrain(self, denoised, sigma, at):
        import torch

        return denoised + torch.randn(1) * 1e-3


class Erratic(Sound):
    id = "broken.erratic"

    def restrain(self, denoised, sigma, at):
        return denoised + random.SystemRandom().random() * 1e-3


class Fragile(Sound):
    id = "broken.fragile"

    def condition(self, call, at):
        return replace(call, prompt=call.prompt * (self.params.strength / self.params.strength))


class NeverNeutral(Sound):
    id = "broken.never-neutral"

    def condition(self, call, at):
        return replace(call, prompt=call.prompt * 1.5)


class InPlace(Sound):
    id = "broken.in-place"

    def condition(self, call, at):
        call.prompt.mul_(1.01)
        return call


class Counting(Sound):
    id = "broken.counting"

    def prepare(self, job):
        self.calls = itertools.count()
        yield

    def restrain(self, denoised, sigma, at):
        return denoised * (1 + 0.01 * next(self.calls))


class Unsure(Sound):
    id = "broken.unsure"

    def batch_key(self):
        return object()


class Slow(Sound):
    id = "broken.slow"

    def restrain(self, denoised, sigma, at):
        time.sleep(0.02)
        return denoised


@sf.hookimpl
def sfumato_register_conditioners(register):
    for conditioner in (NotFinite, Moody, Erratic, Fragile, NeverNeutral, InPlace, Counting, Unsure, Slow):
        register(conditioner)
