"""Colours for what no camera saw: those nearest along the surface, melted into one another."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph
from scipy.spatial import KDTree

from sfumato.texturing.arrays import Bools, Floats, Ints
from sfumato.texturing.links import Neighbours
from sfumato.texturing.texels import Texels

#: How often each filled texel becomes the mean of its neighbours.
_MELTINGS: Final = 64
#: Of how many painted texels the nearest is taken for parts that no way along the surface leads to.
_WITNESSES: Final = 4_000


def filled(colour: Floats, known: Bools, texels: Texels, neighbours: Neighbours) -> Floats:
    """Colours (N, 3) in which every texel has one; those of the `known` (N,) stay as they are, to the bit."""
    if known.all() or not known.any():
        return colour
    pairs = neighbours.touching(~known).texels
    used = ~known
    used[pairs.ravel()] = True
    nodes = np.flatnonzero(used)
    number = np.zeros(len(colour), np.int32)
    number[nodes] = np.arange(len(nodes))
    local = number[pairs]
    source = _nearest_along(local, neighbours.units(pairs), known[nodes])
    found = colour.copy()
    reached = source >= 0
    found[nodes[reached]] = colour[nodes[source[reached]]]
    lost = nodes[~reached]
    if len(lost):
        seen = np.flatnonzero(known)
        seen = seen[:: len(seen) // _WITNESSES + 1]
        # Roughly the nearest: shapes within shapes are the tree's worst case, as all is equally far.
        _, nearest = KDTree(texels.position[seen]).query(texels.position[lost], eps=0.5)
        found[lost] = colour[seen[nearest]]
    found[nodes] = _melted(found[nodes], local, known[nodes])
    return found


def _nearest_along(pairs: Ints, units: Floats, known: Bools) -> Ints:
    """For each node the known one that is nearest by way of the links, -1 where none is."""
    count = len(known)
    sources = np.flatnonzero(known)
    if not len(sources):
        return np.full(count, -1)
    # Both directions; of links that occur twice the sparse matrix would add the lengths.
    both = np.concatenate([pairs, pairs[:, ::-1]]).astype(np.int64)
    keys, first = np.unique(both[:, 0] * count + both[:, 1], return_index=True)
    lengths = np.tile(units, 2)[first]
    graph = sparse.csr_matrix((lengths, (keys // count, keys % count)), shape=(count, count))
    _, _, nearest = csgraph.dijkstra(graph, indices=sources, min_only=True, return_predecessors=True)
    found: Ints = np.where(nearest >= 0, nearest, -1)
    return found


def _melted(colour: Floats, pairs: Ints, known: Bools) -> Floats:
    """The unknown nodes' colours after repeated averaging; the known ones' stay."""
    count, unknown = len(known), np.flatnonzero(~known)
    order = np.concatenate([unknown, np.flatnonzero(known)])
    place = np.empty(count, np.int32)
    place[order] = np.arange(count)
    rows, columns = place[pairs].T
    rows, columns = np.concatenate([rows, columns]), np.concatenate([columns, rows])
    inner = rows < len(unknown)
    degree = np.bincount(rows[inner], minlength=len(unknown))
    weights = (0.5 / degree[rows[inner]]).astype(np.float32)
    means = sparse.csr_matrix((weights, (rows[inner], columns[inner])), shape=(len(unknown), count))
    own = np.where(degree > 0, 0.5, 1).astype(np.float32)[:, None]
    found = colour[order]
    for _ in range(_MELTINGS):
        found[: len(unknown)] = means @ found + found[: len(unknown)] * own
    melted = colour.copy()
    melted[unknown] = found[: len(unknown)]
    return melted
