"""Loading a family, exhausting its generators, and diffusers' pipeline over the same folder."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextModel, CLIPTokenizer

from sfumato.engine.families.stable_diffusion import StableDiffusion

T = TypeVar("T")


def load(source: Path) -> StableDiffusion:
    card = StableDiffusion.describe(source)
    assert card is not None
    return StableDiffusion.load(source, card, device="cpu", dtype="float32")


def result(work: Generator[None, None, T]) -> T:
    return counted(work)[0]


def counted(work: Generator[None, None, T]) -> tuple[T, int]:
    """What a generator returns, and how often it paused."""
    pauses = 0
    while True:
        try:
            next(work)
            pauses += 1
        except StopIteration as done:
            return done.value, pauses


def pipeline(folder: Path) -> StableDiffusionPipeline:
    found = StableDiffusionPipeline(
        vae=AutoencoderKL.from_pretrained(folder / "vae"),
        text_encoder=CLIPTextModel.from_pretrained(folder / "text_encoder"),
        tokenizer=CLIPTokenizer.from_pretrained(folder / "tokenizer"),
        unet=UNet2DConditionModel.from_pretrained(folder / "unet"),
        scheduler=DDIMScheduler.from_pretrained(folder / "scheduler"),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    found.set_progress_bar_config(disable=True)
    return found
