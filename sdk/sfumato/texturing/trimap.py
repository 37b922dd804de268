"""What of a view is drawn anew, what is drawn better, and what stays (Richardson et al. 2023, TEXTure, section 3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import ndimage

from sfumato.texturing import shading
from sfumato.texturing.arrays import Bools, Bytes, Floats
from sfumato.texturing.canvas import Canvas
from sfumato.texturing.projection import Projection
from sfumato.texturing.rasteriser import Frame
from sfumato.texturing.sampling import sample
from sfumato.texturing.surface import Surface
from sfumato.texturing.texels import Texels, in_pile

#: What is painted already is drawn again where this view is to be trusted so many times more.
_BETTER: Final = 2.0
#: How far what is new fades into what stays, as a share of the picture's height.
_FADE_SHARE: Final = 1 / 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimap:
    """`painted` (H, W, 3) what is there already, carried on to where nothing is; `known` (H, W) where that is.

    `share` (H, W) of a new drawing: 1 where nothing is or where it would be seen better, 0 where all stays.
    """

    painted: Bytes
    known: Bools
    share: Floats


def trimap_of(frame: Frame, surface: Surface, texels: Texels, canvas: Canvas, projection: Projection) -> Trimap:
    """The three parts of a view, as the canvas is now."""
    painted, weight = _seen_canvas(frame, surface, texels, canvas)
    known = weight > 0
    better = _trust_picture(frame, texels, projection) > _BETTER * weight
    # At the very outline a view paints nothing, whatever it shows there.
    paintable = ndimage.binary_erosion(projection.usable)
    share = faded((~known | better) & paintable, frame)
    return Trimap(painted=_carried_on(painted, known), known=known, share=share)


def faded(new: Bools, frame: Frame) -> Floats:
    """1 where something is new, falling to 0 around it, (H, W); specks are left out."""
    new = ndimage.binary_opening(new, iterations=1)
    if not new.any():
        return np.zeros(new.shape, np.float32)
    reach = max(frame.camera.height_px * _FADE_SHARE, 1)
    distance = ndimage.distance_transform_edt(~new)
    share: Floats = np.clip(1 - distance / reach, 0, 1).astype(np.float32) * frame.mask
    return share


def _seen_canvas(frame: Frame, surface: Surface, texels: Texels, canvas: Canvas) -> tuple[Floats, Floats]:
    """The canvas's colours (H, W, 3) and weights (H, W) as the camera sees them."""
    colours, weights = canvas.pile()
    pixel, texture, uv = shading.uvs(frame, surface)
    place = in_pile(texture, uv, texels.size_px)
    colour, share = sample(colours, place, weights > 0)
    cell = place.astype(np.int64)
    painted, weight = np.zeros((frame.face.size, 3), np.float32), np.zeros(frame.face.size, np.float32)
    painted[pixel] = colour
    weight[pixel] = np.where(share > 0, np.maximum(weights[cell[:, 1], cell[:, 0]], 1e-6 * (share > 0.5)), 0)
    return painted.reshape(*frame.face.shape, 3), weight.reshape(frame.face.shape)


def _trust_picture(frame: Frame, texels: Texels, projection: Projection) -> Floats:
    """The trust of the texels where they appear, (H, W); 0 where none does."""
    found = np.zeros(frame.face.size, np.float32)
    cell = projection.pixel.astype(np.int64)
    flat = cell[:, 1] * frame.camera.width_px + cell[:, 0]
    np.maximum.at(found, flat, projection.trust)
    return found.reshape(frame.face.shape)


def _carried_on(painted: Floats, known: Bools) -> Bytes:
    """The colours, everywhere: those of the nearest pixel that has one, gray where none has."""
    if not known.any():
        return np.full((*known.shape, 3), 128, np.uint8)
    rows, columns = ndimage.distance_transform_edt(~known, return_distances=False, return_indices=True)
    found: Bytes = np.round(painted[rows, columns] * 255).astype(np.uint8)
    return found
