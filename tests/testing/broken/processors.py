"""Preprocessors and post-processors that are sound but for one thing each, which one check is there to find."""

import random
import time
from dataclasses import replace

import sfumato.plugin as sf


class Sound:
    label = "Broken"
    description = "Hands the picture on, with one thing wrong."

    class Params(sf.Params):
        amount: int = sf.Field(1, ge=0, le=4, help="0 is a mistake that nobody tried.")

    def made(self, pixels, work):
        """(H, W, C) of (H, W, C)."""
        work.progress(0.5)
        return pixels

    def process(self, image, work):
        return replace(image, pixels=self.made(image.pixels, work))

    def map(self, image, work):
        return sf.Image(pixels=self.made(image.pixels[:, :, :1], work))


class NotFinite(Sound):
    id = "broken.not-finite"

    def made(self, pixels, work):
        return pixels * float("nan")


class Moody(Sound):
    id = "broken.moody"

    def made(self, pixels, work):
        return pixels * random.uniform(0.9, 1)


class Fragile(Sound):
    id = "broken.fragile"

    def made(self, pixels, work):
        return pixels[:: self.params.amount]


class TooBright(Sound):
    id = "broken.too-bright"

    def made(self, pixels, work):
        return pixels * 3


class Growing(Sound):
    id = "broken.growing"

    def made(self, pixels, work):
        return pixels.repeat(2, axis=0)


class InPlace(Sound):
    id = "broken.in-place"

    def made(self, pixels, work):
        pixels *= 0.5
        return pixels


class Deaf(Sound):
    id = "broken.deaf"

    def made(self, pixels, work):
        try:
            work.progress(0.5)
        except Exception:
            return pixels
        return pixels


class Slow(Sound):
    id = "broken.slow"

    def made(self, pixels, work):
        if len(pixels) == 256:
            time.sleep(5.2)
        return pixels


SHARED = (NotFinite, Moody, Fragile, TooBright, Growing, InPlace, Deaf, Slow)


class FourChannels(sf.Preprocessor):
    id, label = "broken.four-channels", "Broken"
    description = "A map with alpha."

    def map(self, image, work):
        return sf.Image(pixels=image.pixels[:, :, [0, 0, 0, 0]])


class Opaque(sf.PostProcessor):
    id, label = "broken.opaque", "Broken"
    description = "Loses alpha."

    def process(self, image, work):
        return sf.Image(pixels=image.pixels[:, :, :3])


class Spilling(sf.PostProcessor):
    id, label, keeps_unmasked = "broken.spilling", "Broken", True
    description = "Says that it keeps to the mask."

    def process(self, image, work):
        return sf.Image(pixels=image.pixels * image.pixels)


@sf.hookimpl
def sfumato_register_preprocessors(register):
    for mixin in SHARED:
        register(type(mixin.__name__, (mixin, sf.Preprocessor), {}))
    register(FourChannels)


@sf.hookimpl
def sfumato_register_post_processors(register):
    for mixin in SHARED:
        register(type(mixin.__name__, (mixin, sf.PostProcessor), {}))
    register(Opaque)
    register(Spilling)
