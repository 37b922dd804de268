"""A conditioner with a mask and a prompt of its own: within the mask, the picture follows another prompt."""

from dataclasses import replace
from typing import ClassVar

import sfumato.plugin as sf


class Region(sf.Conditioner):
    """The predictions for both prompts, each in its place: Bar-Tal et al. 2023 (arXiv 2302.08113), eq. 5."""

    id, label = "example-conditioner.region", "Another prompt here"
    description = "Within the mask, the picture follows a prompt of its own."
    neutral: ClassVar = {"strength": 0.0}

    class Params(sf.Params):
        prompt: str = sf.Field("moss", multi_line=True, help="What is to be within the mask.")
        where: str = sf.Field("", kind="mask", help="White is where this prompt holds; without a mask, everywhere.")
        strength: float = sf.Field(1.0, ge=0, le=1, step=0.05, help="How much of it; 0 is nothing.")

    def prepare(self, job):
        import torch

        self.embeddings = yield from job.encode_prompt(self.params.prompt)
        self.weight = torch.ones(1, 1, *job.family.latent_shape(job.width_px, job.height_px)[-2:])
        if mask := job.images.get("where"):
            pixels = torch.from_numpy(mask.pixels[None, None, :, :, 0])
            self.weight = torch.nn.functional.interpolate(pixels, self.weight.shape[-2:], mode="area")
        self.weight = (self.weight * self.params.strength).to(job.family.device)

    def condition(self, call, at):
        if at.prompt != "positive" or self.params.strength == 0:
            return call
        inside = replace(call, prompt=self.embeddings)
        return [sf.Part(call=call, weight=1 - self.weight), sf.Part(call=inside, weight=self.weight)]


@sf.hookimpl
def sfumato_register_conditioners(register):
    register(Region)
