"""Inputs: what a VAE and a network have to be given of the canvas."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch

import sfumato.plugin as sf
from sfumato.engine.encodings import Encodings
from sfumato.engine.inpainting import Bytes, Canvas, hide, mask_for_latents, mask_for_network
from sfumato.engine.pictures import to_vae
from sfumato.errors import InvalidRecipe
from sfumato.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """`init`: the canvas as latents (1, C, h, w), where trajectories start from it or return to it.

    `mask` (1, 1, h, w): how a 4-channel network's latents are kept. `channels` (1, C + 1, h, w): what a
    9-channel network sees of mask and canvas.
    """

    init: torch.Tensor | None = None
    mask: torch.Tensor | None = None
    channels: torch.Tensor | None = None


def encode(
    recipe: Recipe, canvas: Canvas | None, family: sf.Family, encodings: Encodings
) -> Generator[None, None, Inputs]:
    """Encode what the recipe's way of working needs; what was encoded for an earlier job costs nothing."""
    sees_mask = family.card.takes_inpaint_channels
    channels = (yield from _channels(recipe, canvas, family, encodings)) if sees_mask else None
    if canvas is None or (sees_mask and begins_as_noise(recipe)):
        return Inputs(channels=channels)
    picture = canvas.picture
    key = ("init", recipe.init, recipe.outpaint)
    init = yield from encodings.get(family, key, lambda: to_vae(picture, family.device), recipe.tile)
    kept = None if sees_mask or canvas.mask is None else canvas.mask
    height, width = init.shape[-2:]
    mask = None if kept is None else mask_for_latents(kept, height, width).to(init)
    return Inputs(init=init, mask=mask, channels=channels)


def begins_as_noise(recipe: Recipe) -> bool:
    """Whether nothing of an initial picture is in the first latents, as in diffusers' pipelines.

    With a mask and full strength the repainted part starts from scratch; without a mask, the picture is always
    under the noise.
    """
    return not recipe.init or (bool(recipe.mask or recipe.outpaint) and recipe.strength == 1)


def steps_to_run(recipe: Recipe) -> int:
    """How many steps, at the schedule's end, are run on an initial picture. Raises InvalidRecipe where none is."""
    if not recipe.init:
        return recipe.steps
    steps = min(int(recipe.steps * recipe.strength), recipe.steps)
    if steps == 0:
        least = math.ceil(1000 / recipe.steps) / 1000  # 0.333 of 3 steps would be none again
        said = f"got {recipe.strength:g}, with which none of {recipe.steps} steps runs; expected {least:g} or more"
        raise InvalidRecipe.of("strength", said)
    return steps


def _channels(
    recipe: Recipe, canvas: Canvas | None, family: sf.Family, encodings: Encodings
) -> Generator[None, None, torch.Tensor]:
    """Mask and masked picture (1, C + 1, h, w); without a mask, all is hidden and all is painted."""
    picture, mask = _seen(recipe, canvas)
    size = recipe.width_px, recipe.height_px
    named = (recipe.init, recipe.mask, recipe.outpaint) if canvas and canvas.mask is not None else size
    hidden = yield from encodings.get(
        family, ("hidden", named), lambda: hide(to_vae(picture, family.device), mask), recipe.tile
    )
    height, width = hidden.shape[-2:]
    return torch.cat([mask_for_network(mask, height, width).to(hidden), hidden], dim=1)


def _seen(recipe: Recipe, canvas: Canvas | None) -> tuple[Bytes, Bytes]:
    """The picture (H, W, 3) and the mask (H, W) to show a 9-channel network."""
    if canvas and canvas.mask is not None:
        return canvas.picture, canvas.mask
    shape = recipe.height_px, recipe.width_px
    return np.zeros((*shape, 3), np.uint8), np.full(shape, 255, np.uint8)
