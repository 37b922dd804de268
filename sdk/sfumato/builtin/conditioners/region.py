"""A prompt of its own for a part of the picture."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import sfumato.plugin as sf

if TYPE_CHECKING:
    import torch


class RegionParams(sf.Params):
    """What is drawn there, where, and how much of it."""

    prompt: str = sf.Field("", multi_line=True, label="Prompt", help="What is to be within the mask.")
    mask: str = sf.Field("", kind="mask", label="Mask",
        help="White is where this prompt holds, gray is in between; without a mask it holds everywhere.")  # fmt: skip
    strength: float = sf.Field(1.0, ge=0, le=1, step=0.05, label="Strength",
        help="How much of it; 0 is nothing.")  # fmt: skip


class Region(sf.Conditioner):
    """Bar-Tal et al. 2023 (arXiv 2302.08113), eq. 5: the predictions for both prompts, each in its place.

    Of several regions, a later one lies above those before it.
    """

    id, label = "sfumato.region", "Prompt for a region"
    description = "Within a mask, the picture follows a prompt of its own."
    Params = RegionParams
    neutral = MappingProxyType({"strength": 0.0})

    _prompt: torch.Tensor | None = None
    _weight: torch.Tensor

    def prepare(self, job: sf.Job) -> Generator[None, None, None]:
        """Encode the prompt; the mask becomes weights (1, 1, h, w) of latent cells."""
        if self.params.strength == 0:
            return
        import torch

        height, width = job.family.latent_shape(job.width_px, job.height_px)[-2:]
        weight = torch.ones(1, 1, height, width)
        if mask := job.images.get("mask"):
            pixels = torch.from_numpy(mask.pixels[None, None, :, :, 0].copy())
            weight = torch.nn.functional.interpolate(pixels, (height, width), mode="area")
        self._weight = (weight * self.params.strength).to(job.family.device)
        self._prompt = yield from job.encode_prompt(self.params.prompt)

    def condition(self, call: sf.NetworkCall, at: sf.Moment) -> sf.NetworkCall | Sequence[sf.Part]:
        """The branch of the positive prompt in two parts, weighted by the mask; others as they are."""
        if self._prompt is None or at.prompt != "positive":
            return call
        inside = replace(call, prompt=self._prompt)
        return [sf.Part(call=call, weight=1 - self._weight), sf.Part(call=inside, weight=self._weight)]
