"""What stands before a texel without lying on the centre of its pixel: the edges of what is in front."""

from __future__ import annotations

from typing import Final

import numpy as np

from sfumato.texturing.arrays import Bools, Floats, Ints
from sfumato.texturing.cameras import Camera
from sfumato.texturing.rasteriser import Frame
from sfumato.texturing.surface import Surface

#: A texel may lie this many pixel sizes behind what is seen, for the rounding of both.
_TOLERANCE_PX: Final = 0.05
#: A face that stands out by less beside a pixel is the same surface, bent.
_BENT_PX: Final = 0.3
_AROUND: Final = tuple((right, down) for right in (-1, 0, 1) for down in (-1, 0, 1) if right or down)


def slack_of(camera: Camera, depth: Floats, tolerance_px: float = _TOLERANCE_PX) -> Floats:
    """By how much nearer something has to be to hide what is at a depth (N,)."""
    return camera.nearness(depth) - camera.nearness(depth + tolerance_px * camera.pixel_units(depth))


def overhung(frame: Frame, surface: Surface, face: Ints, pixel: Floats, depth: Floats) -> Bools:
    """Whether a face that is seen in a pixel beside a texel's own (N, 2) covers the texel: (N,)."""
    found = np.zeros(len(face), bool)
    doubtful = _doubtful(frame)
    cell = pixel.astype(np.int64)
    candidates = np.flatnonzero(doubtful.ravel()[cell[:, 1] * frame.camera.width_px + cell[:, 0]])
    near = frame.camera.nearness(depth[candidates])
    slack = slack_of(frame.camera, depth[candidates])
    padded = np.pad(frame.face, 1, constant_values=-1)
    for right, down in _AROUND:
        places = cell[candidates] + [1 + right, 1 + down]
        other = padded[places[:, 1], places[:, 0]]
        plane = frame.planes[other]
        there = np.einsum("ni,ni->n", plane[:, :2], pixel[candidates]) + plane[:, 2]
        before = np.flatnonzero((other >= 0) & (other != face[candidates]) & (there > near + slack))
        texel = candidates[before]
        found[texel] |= _covers(frame.camera, surface, other[before], pixel[texel])
    return found


def _doubtful(frame: Frame) -> Bools:
    """Pixels (H, W) beside which another face stands out of their own by more than rounding explains."""
    camera = frame.camera
    row, column = np.indices(frame.face.shape)
    slack = slack_of(camera, np.where(frame.mask, frame.depth, 1), _BENT_PX)
    found = np.zeros(frame.face.shape, bool)
    padded = np.pad(frame.face, 1, constant_values=-1)
    for right, down in _AROUND:
        other = padded[1 + down : 1 + down + frame.face.shape[0], 1 + right : 1 + right + frame.face.shape[1]]
        differs = np.flatnonzero(((other != frame.face) & (other >= 0) & frame.mask).ravel())
        plane = frame.planes[other.ravel()[differs]] - frame.planes[frame.face.ravel()[differs]]
        # How far it stands out at that corner of the pixel where it does so most.
        there = plane[:, 0] * (column.ravel()[differs] + 0.5) + plane[:, 1] * (row.ravel()[differs] + 0.5) + plane[:, 2]
        most = there + (np.abs(plane[:, 0]) + np.abs(plane[:, 1])) / 2
        found.ravel()[differs[most > slack.ravel()[differs]]] = True
    return found


def _covers(camera: Camera, surface: Surface, face: Ints, pixel: Floats) -> Bools:
    """Whether faces (N,) cover places in the picture (N, 2); those that reach behind the camera may."""
    seen = camera.seen(surface.corners[face])
    behind: Bools = np.asarray((seen[..., 2] < camera.near).any(axis=1))
    corners = camera.pixels(np.where(behind[:, None, None], 1.0, seen))
    way = pixel[:, None] - corners
    edges = np.roll(corners, -1, axis=1) - corners
    side = edges[..., 0] * way[..., 1] - edges[..., 1] * way[..., 0]
    covers: Bools = np.asarray((side >= 0).all(axis=1) | (side <= 0).all(axis=1))
    return covers | behind
