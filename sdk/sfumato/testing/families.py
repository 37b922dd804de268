"""A model's folder as a family in memory, and its work done without an engine that takes turns."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

from sfumato.engine.families.stable_diffusion import StableDiffusion

T = TypeVar("T")


def load(folder: Path) -> StableDiffusion:
    """A model in diffusers' layout of Stable Diffusion, such as Ground's own, on the CPU in float32.

    Raises ValueError where the folder holds none.
    """
    card = StableDiffusion.describe(folder)
    if card is None:
        raise ValueError(f"{folder}: expected a model in diffusers' layout of Stable Diffusion")
    return StableDiffusion.load(folder, card, device="cpu", dtype="float32")


def result(work: Generator[None, None, T]) -> T:
    """What a generator of a family or a conditioner returns in the end, such as `encode_prompt`."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            returned: T = done.value
            return returned
