"""Pictures on their way in and out: asset bytes to arrays, arrays to what a VAE takes, and back to pixels."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from PIL import Image

from sfumato import images
from sfumato.engine.inpainting import Bytes, Canvas
from sfumato.errors import InvalidRecipe
from sfumato.images import Pixels
from sfumato.recipe import Margins, Recipe


def canvas_of(recipe: Recipe, assets: Mapping[str, bytes]) -> Canvas | None:
    """What the recipe starts from, margins included; None for text-to-image.

    Raises InvalidRecipe for an asset that is missing or of another size than the recipe wants, and ImageRefused.
    """
    if not recipe.init:
        return None
    margins = recipe.outpaint or Margins()
    width_px = recipe.width_px - margins.left_px - margins.right_px
    height_px = recipe.height_px - margins.top_px - margins.bottom_px
    picture = _on_paper(_sized("init", images.decode(_asset("init", recipe.init, assets), "RGBA"), width_px, height_px))
    mask = None
    if recipe.mask:
        grey = _sized("mask", images.decode(_asset("mask", recipe.mask, assets), "L"), width_px, height_px)
        mask = np.frombuffer(grey.data, np.uint8).reshape(height_px, width_px)
    canvas = Canvas(picture=picture, mask=mask)
    return canvas.grown(margins) if recipe.outpaint else canvas


def _asset(field: str, sha256: str, assets: Mapping[str, bytes]) -> bytes:
    try:
        return assets[sha256]
    except KeyError:
        raise InvalidRecipe.of(field, f"got {sha256}, but no such asset came with the job") from None


def _sized(field: str, pixels: Pixels, width_px: int, height_px: int) -> Pixels:
    if (pixels.width_px, pixels.height_px) != (width_px, height_px):
        said = f"got a picture of {pixels.width_px}x{pixels.height_px}, expected {width_px}x{height_px} for this recipe"
        raise InvalidRecipe.of(field, said)
    return pixels


def _on_paper(pixels: Pixels) -> Bytes:
    """(H, W, 3), transparent pixels on white: what hides under them in the file is nobody's picture."""
    paper = Image.new("RGBA", (pixels.width_px, pixels.height_px), "white")
    return np.asarray(Image.alpha_composite(paper, pixels.to_pil()).convert("RGB"))


def to_vae(picture: Bytes, device: torch.device) -> torch.Tensor:
    """(H, W, 3) bytes to (1, 3, H, W) from -1 to 1."""
    tensor = torch.from_numpy(picture.copy()).to(device).float()
    return tensor.div(127.5).sub(1).permute(2, 0, 1)[None]


def from_vae(pixels: torch.Tensor) -> Bytes:
    """(1, 3, H, W) from -1 to 1 to (H, W, 3) bytes."""
    scaled = pixels[0].float().clamp(-1, 1).add(1).mul(127.5).round()
    return scaled.to(torch.uint8).permute(1, 2, 0).cpu().numpy()


def to_pixels(picture: Bytes) -> Pixels:
    """(H, W, 3) bytes as the value that travels."""
    height_px, width_px = picture.shape[:2]
    return Pixels(width_px=width_px, height_px=height_px, data=picture.tobytes())
