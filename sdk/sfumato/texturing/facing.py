"""Which side of a face is its outside, judged by the connected part of the mesh that it belongs to."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from sfumato.texturing.arrays import Bools, Floats, Ints, dot


def outward(corners: Floats, welded: Ints) -> Ints:
    """For every face 1 where only its front can be seen, 0 where both sides can: (F,).

    Only of a part that is closed and counter-clockwise from outside is the back of a face hidden; sheets, open
    shells, rooms seen from within and parts with inconsistent faces are seen from both sides.
    """
    part = _parts(welded)
    closed = np.bincount(part, ~_has_partners(welded)) == 0
    volume = np.bincount(part, dot(corners[:, 0], np.cross(corners[:, 1], corners[:, 2])))
    found: Ints = (closed & (volume > 0))[part].astype(np.int64)
    return found


def _parts(welded: Ints) -> Ints:
    """The connected part (F,) of every face."""
    count = int(welded.max()) + 1
    rows, columns = welded[:, [0, 1]].ravel(), welded[:, [1, 2]].ravel()
    graph = sparse.coo_matrix((np.ones(len(rows), bool), (rows, columns)), shape=(count, count))
    labels: Ints = csgraph.connected_components(graph, directed=False)[1]
    return np.unique(labels[welded[:, 0]], return_inverse=True)[1]


def _has_partners(welded: Ints) -> Bools:
    """Whether each edge of a face is met exactly once by another face, in the other direction: (F,)."""
    count = int(welded.max()) + 1
    start, end = welded, np.roll(welded, -1, axis=1)
    keys, places, uses = np.unique((start * count + end).ravel(), return_inverse=True, return_counts=True)
    back = (end * count + start).ravel()
    found = np.minimum(np.searchsorted(keys, back), len(keys) - 1)
    met = (keys[found] == back) & (uses[found] == 1) & (uses[places] == 1)
    all_met: Bools = met.reshape(-1, 3).all(axis=1)
    return all_met
