"""Families that are the Gaussian of the templates but for one thing each, which one check is there to find."""

import sfumato.plugin as sf
from sfumato.testing.templates.family import Gaussian


class Trusting(Gaussian):
    id = "broken.trusting"

    @classmethod
    def describe(cls, source):
        return super().describe(source) if source.read_bytes()[0] else None


class Unsorted(Gaussian):
    id = "broken.unsorted"

    def __init__(self, card, mean, deviation):
        super().__init__(card, mean, deviation)
        self.sigmas = sf.ModelSigmas(sigmas=self.sigmas.sigmas[::-1], prediction_type="epsilon")


class GivesNoise(Gaussian):
    """Returns what a network predicts, not what is under the noise."""

    id = "broken.gives-noise"

    def evaluate(self, calls):
        return [(call.x - d) / call.sigma for call, d in zip(calls, super().evaluate(calls), strict=True)]


class Mixing(Gaussian):
    id = "broken.mixing"

    def evaluate(self, calls):
        found = super().evaluate(calls)
        return [(each + sum(found) / len(found)) / 2 for each in found]


class Cropping(Gaussian):
    id = "broken.cropping"

    def decode_latents(self, latents, tile):
        pixels = yield from super().decode_latents(latents, tile)
        return pixels[..., 8:, :]


class Bright(Gaussian):
    id = "broken.bright"

    def preview(self, denoised):
        return denoised[0].permute(1, 2, 0)


class Vague(Gaussian):
    id = "broken.vague"

    def memory(self):
        return {"model": "little"}


@sf.hookimpl
def sfumato_register_families(register):
    for family in (Trusting, Unsorted, GivesNoise, Mixing, Cropping, Bright, Vague):
        register(family)
