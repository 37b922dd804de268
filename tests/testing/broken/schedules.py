"""Schedules that are even in log sigma but for one thing each, which one check is there to find."""

import random
import time

import sfumato.plugin as sf


class Sound(sf.Schedule):
    label = "Broken"
    description = "Even steps of log sigma, with one thing wrong."

    def sigmas(self, steps, model):
        ratio = model.sigma_min / model.sigma_max
        levels = [model.sigma_max * ratio ** (i / max(steps - 1, 1)) for i in range(steps)]
        return [*(min(max(level, model.sigma_min), model.sigma_max) for level in levels), 0.0]


class NotFinite(Sound):
    id = "broken.not-finite"

    def sigmas(self, steps, model):
        return [float("inf"), *super().sigmas(steps, model)[1:]]


class Moody(Sound):
    id = "broken.moody"

    def sigmas(self, steps, model):
        return [level * random.uniform(0.999, 1) for level in super().sigmas(steps, model)]


class Fragile(Sound):
    id = "broken.fragile"

    class Params(sf.Params):
        rho: float = sf.Field(7.0, ge=0, le=10, help="0 is a mistake that nobody tried.")

    def sigmas(self, steps, model):
        return [level ** (self.params.rho / self.params.rho) for level in super().sigmas(steps, model)]


class OneShort(Sound):
    id = "broken.one-short"

    def sigmas(self, steps, model):
        return super().sigmas(steps, model)[1:]


class NeverEnds(Sound):
    id = "broken.never-ends"

    def sigmas(self, steps, model):
        return [*super().sigmas(steps, model)[:-1], model.sigma_min / 2]


class Rising(Sound):
    id = "broken.rising"

    def sigmas(self, steps, model):
        return [*reversed(super().sigmas(steps, model)[:-1]), 0.0]


class TooLoud(Sound):
    id = "broken.too-loud"

    def sigmas(self, steps, model):
        return [2 * level for level in super().sigmas(steps, model)]


class Slow(Sound):
    id = "broken.slow"

    def sigmas(self, steps, model):
        time.sleep(0.15)
        return super().sigmas(steps, model)


@sf.hookimpl
def sfumato_register_schedules(register):
    for schedule in (NotFinite, Moody, Fragile, OneShort, NeverEnds, Rising, TooLoud, Slow):
        register(schedule)
