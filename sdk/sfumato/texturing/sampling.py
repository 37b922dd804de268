"""Colours between the pixels, by the four around a place, of which some may not count."""

from __future__ import annotations

import numpy as np

from sfumato.texturing.arrays import Bools, Floats


def sample(picture: Floats, places: Floats, counts: Bools | None = None) -> tuple[Floats, Floats]:
    """The picture (H, W, C) at places (N, 2) as (column, row), pixel centres at + 0.5, and how much of it counts.

    Pixels that do not count in `counts` (H, W) give no colour; the second result (N,) is the share that does, and
    where it is 0 the colour is 0. Beyond the border the border's pixels go on.
    """
    height, width, channels = picture.shape
    corner = np.floor(places - 0.5)
    right, down = (places - 0.5 - corner).astype(np.float32).T
    columns = [np.clip(corner[:, 0] + step, 0, width - 1).astype(np.int32) for step in (0, 1)]
    rows = [np.clip(corner[:, 1] + step, 0, height - 1).astype(np.int32) * np.int32(width) for step in (0, 1)]
    colour = np.zeros((len(places), channels), np.float32)
    known = np.zeros(len(places), np.float32)
    flat = picture.reshape(-1, channels).astype(np.float32, copy=False)
    for column, across in zip(columns, (1 - right, right), strict=True):
        for row, along in zip(rows, (1 - down, down), strict=True):
            cell, weight = row + column, across * along
            if counts is not None:
                weight = weight * counts.reshape(-1)[cell]
            colour += flat.take(cell, axis=0) * weight[:, None]
            known += weight
    return colour / np.where(known > 0, known, 1)[:, None], known
