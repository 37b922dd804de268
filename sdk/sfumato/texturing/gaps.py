"""Colours for what no camera saw: those nearest along the surface, melted into one another."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph
from scipy.spatial import KDTree

from sfumato.texturing.arrays import Bools, Floats, Ints
from sfumato.texturing.links import Links
from sfumato.texturing.texels import Texels

#: How often each filled texel becomes the mean of its neighbours.
_MELTINGS: Final = 64
#: Of how many painted texels the nearest is taken for parts that no way along the surface leads to.
_WITNESSES: Final = 4_000


def filled(colour: Floats, known: Bools, texels: Texels, links: Links) -> Floats:
    """Colours (N, 3) in which every texel has one; those of the `known` (N,) stay as they are, to the bit."""
    if known.all() or not known.any():
        return colour
    open_ends: Bools = np.asarray(~known[links.texels].all(axis=1))
    touching = links.of(open_ends)
    nodes = np.unique(np.concatenate([touching.texels.ravel(), np.flatnonzero(~known)]))
    local = np.searchsorted(nodes, touching.texels)
    source = _nearest_along(local, touching.units, known[nodes])
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
    both = np.unique(np.concatenate([pairs, pairs[:, ::-1]]), axis=0, return_index=True)
    lengths = np.concatenate([units, units])[both[1]]
    graph = sparse.csr_matrix((lengths, (both[0][:, 0], both[0][:, 1])), shape=(count, count))
    _, _, nearest = csgraph.dijkstra(graph, indices=sources, min_only=True, return_predecessors=True)
    found: Ints = np.where(nearest >= 0, nearest, -1)
    return found


def _melted(colour: Floats, pairs: Ints, known: Bools) -> Floats:
    """The unknown nodes' colours after repeated averaging; the known ones' stay."""
    count = len(known)
    ones = np.ones(len(pairs), np.float32)
    graph = sparse.coo_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(count, count)).tocsr()
    graph = (graph + graph.T)[~known]
    degree = np.asarray(graph.sum(axis=1))
    free = (degree[:, 0] > 0)[:, None]
    colour = colour.copy()
    for _ in range(_MELTINGS):
        mean = (graph @ colour) / np.where(degree > 0, degree, 1)
        colour[~known] = np.where(free, (colour[~known] + mean) / 2, colour[~known])
    return colour
