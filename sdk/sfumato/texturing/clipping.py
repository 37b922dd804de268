"""Triangles cut at the plane in front of the camera, so that none reaches behind it."""

from __future__ import annotations

import numpy as np

from sfumato.texturing.arrays import Floats, Ints


def clipped(seen: Floats, near: float) -> tuple[Floats, Ints]:
    """The parts of the triangles (T, 3, 3), in camera axes, that are at least `near` ahead, and whose part each is."""
    ahead = (seen[..., 2] >= near).sum(axis=1)
    whole = np.flatnonzero(ahead == 3)
    one, two = np.flatnonzero(ahead == 1), np.flatnonzero(ahead == 2)
    tips, bases = _tip(seen[one], near), _base(seen[two], near)
    return np.concatenate([seen[whole], tips, bases]), np.concatenate([whole, one, np.tile(two, 2)])


def _tip(seen: Floats, near: float) -> Floats:
    """What is left of triangles with one corner ahead."""
    a, b, c = _rolled(seen, np.argmax(seen[..., 2] >= near, axis=1))
    return np.stack([a, _cut(a, b, near), _cut(a, c, near)], axis=1)


def _base(seen: Floats, near: float) -> Floats:
    """What is left of triangles with one corner behind: four corners, as two triangles each."""
    a, b, c = _rolled(seen, np.argmax(seen[..., 2] < near, axis=1))
    left, right = _cut(b, a, near), _cut(c, a, near)
    return np.concatenate([np.stack([left, b, c], axis=1), np.stack([left, c, right], axis=1)])


def _rolled(seen: Floats, first: Ints) -> tuple[Floats, Floats, Floats]:
    rows = np.arange(len(seen))
    return seen[rows, first], seen[rows, (first + 1) % 3], seen[rows, (first + 2) % 3]


def _cut(ahead: Floats, behind: Floats, near: float) -> Floats:
    share = (ahead[:, 2] - near) / (ahead[:, 2] - behind[:, 2])
    found: Floats = ahead + share[:, None] * (behind - ahead)
    found[:, 2] = near
    return found
