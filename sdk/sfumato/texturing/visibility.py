"""Which texels a camera sees, and how near the outline of something each of them is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import ndimage

from sfumato.texturing.arrays import Bools, Floats, Ints, dot
from sfumato.texturing.overhang import overhung, slack_of
from sfumato.texturing.rasteriser import Frame
from sfumato.texturing.surface import Surface
from sfumato.texturing.texels import Texels

#: Slopes steeper than this (units of depth for a unit across) no longer widen what passes as one surface.
_STEEPEST: Final = 8.0

#: Every pixel and its right, lower and two lower diagonal neighbours: a corner may poke into a diagonal one alone.
_NEIGHBOURS: Final = (
    (np.s_[:, :-1], np.s_[:, 1:]),
    (np.s_[:-1], np.s_[1:]),
    (np.s_[:-1, :-1], np.s_[1:, 1:]),
    (np.s_[:-1, 1:], np.s_[1:, :-1]),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """The texels that a camera sees: `texel` (N,), where in the picture `pixel` (N, 2), and `cosine` (N,) to it."""

    texel: Ints
    pixel: Floats
    cosine: Floats


def sight_of(frame: Frame, surface: Surface, texels: Texels, *, least_cosine: float) -> Sight:
    """The texels that are in the picture, not hidden, and seen at no flatter an angle than `least_cosine`."""
    candidates, cosine = _facing(frame, surface, texels, least_cosine)
    camera = frame.camera
    seen = camera.seen(texels.position[candidates].astype(np.float64))
    ahead = seen[:, 2] > camera.near
    candidates, cosine, seen = candidates[ahead], cosine[ahead], seen[ahead]
    pixel = camera.pixels(seen)
    # At the very border of the picture there are no four pixels around a place.
    inside = ((pixel >= 0.5) & (pixel <= [camera.width_px - 0.5, camera.height_px - 0.5])).all(axis=1)
    candidates, cosine, pixel, depth = candidates[inside], cosine[inside], pixel[inside], seen[inside, 2]
    face = texels.face[candidates]
    shown = ~(_hidden(frame, face, pixel, depth) | overhung(frame, surface, face, pixel, depth))
    return Sight(texel=candidates[shown], pixel=pixel[shown], cosine=cosine[shown])


def _facing(frame: Frame, surface: Surface, texels: Texels, least_cosine: float) -> tuple[Ints, Floats]:
    """The texels turned towards the camera by both their face and their smooth normal."""
    camera = frame.camera
    to_face = dot(surface.normals, camera.towards(surface.corners.mean(axis=1)))
    usable = np.where(surface.outward > 0, to_face, np.abs(to_face)) > least_cosine / 2
    candidates = np.flatnonzero(usable[texels.face])
    position = texels.position[candidates]
    cosine = np.abs(dot(texels.normal[candidates], camera.towards(position)))
    turned = cosine >= least_cosine
    return candidates[turned], cosine[turned]


def _hidden(frame: Frame, face: Ints, pixel: Floats, depth: Floats) -> Bools:
    """Whether another surface stands before a texel, judged where its pixel's centre is and where it is itself."""
    camera = frame.camera
    cell = pixel.astype(np.int64)
    flat = cell[:, 1] * camera.width_px + cell[:, 0]
    other = frame.face.ravel()[flat]
    near = camera.nearness(depth)
    slack = slack_of(camera, depth)
    at_centre = np.einsum("ni,ni->n", frame.planes[face, :2], cell + 0.5) + frame.planes[face, 2]
    shown = np.full(len(flat), -np.inf)
    shown[other >= 0] = camera.nearness(frame.depth.ravel()[flat[other >= 0]])
    there = np.einsum("ni,ni->n", frame.planes[other, :2], pixel) + frame.planes[other, 2]
    hidden: Bools = (other >= 0) & (other != face) & (shown > at_centre + slack) & (there > near + slack)
    return hidden


def outline_distance(frame: Frame, surface: Surface) -> Floats:
    """How far (H, W) every pixel is from the nearest outline, in pixels; a pixel at an outline has 1.

    An outline is where the depth jumps by more than the slopes on both sides explain, and where the surface ends.
    """
    slope = _slopes(frame, surface)
    size = np.where(frame.mask, frame.camera.pixel_units(np.where(frame.mask, frame.depth, 1)), 1)
    edge = np.zeros(frame.face.shape, bool)
    for one, other in _NEIGHBOURS:
        broken = frame.mask[one] != frame.mask[other]
        both = frame.mask[one] & frame.mask[other]
        step = np.abs(np.where(both, frame.depth[one], 0) - np.where(both, frame.depth[other], 0))
        allowed = (1 + 1.5 * np.maximum(slope[one], slope[other])) * np.minimum(size[one], size[other])
        broken |= both & (step > allowed)
        edge[one] |= broken
        edge[other] |= broken
    if not edge.any():
        return np.full(edge.shape, np.inf)
    found: Floats = ndimage.distance_transform_edt(~edge) + 1
    return found


def _slopes(frame: Frame, surface: Surface) -> Floats:
    """How steeply each pixel's face runs away from the camera (H, W), up to `_STEEPEST`."""
    cosine = np.abs(dot(surface.normals, frame.camera.towards(surface.corners.mean(axis=1))))
    steep = np.sqrt(np.maximum(1 - cosine**2, 0)) / np.maximum(cosine, 1e-6)
    return np.where(frame.mask, np.minimum(steep, _STEEPEST)[frame.face], 0)
