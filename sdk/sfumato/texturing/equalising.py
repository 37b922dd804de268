"""Steps of colour across seams, spread over the texels beside them until none is left to see.

Gradient-domain stitching (Pérez et al. 2003, Poisson Image Editing) on the surface: the smallest smooth correction
that closes the steps, screened so that it fades within a few texels.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import cg

from sfumato.texturing.arrays import Bools, Floats, Ints
from sfumato.texturing.links import Links

#: How many texels from a seam are corrected at most.
_REACH: Final = 16
#: The correction's pull to nothing; it fades by e within 1 / sqrt(this) texels.
_SCREEN: Final = 0.04
_SWEEPS: Final = 60
#: How much more a step across a seam hurts than one of the correction's own.
_SEAM_FORCE: Final = 2.0


def equalised(colour: Floats, links: Links, fixed: Bools) -> Floats:
    """Colours (N, 3) without steps across seams; those of the `fixed` texels (N,) stay as they are, to the bit."""
    near = _near_seams(links, len(colour)) & ~fixed
    nodes = np.flatnonzero(near)
    if not len(nodes):
        return colour
    concerned: Bools = np.asarray(near[links.texels].any(axis=1))
    used = links.of(concerned)
    local = np.where(near[used.texels], np.searchsorted(nodes, used.texels), -1)
    seam = used.is_seam[:, None]
    step = np.where(seam, (colour[used.texels[:, 0]] - colour[used.texels[:, 1]]) * _SEAM_FORCE, 0)
    incidence = sparse.diags(np.where(seam[:, 0], _SEAM_FORCE, 1)) @ _incidence(local, len(nodes))
    system = (incidence.T @ incidence + _SCREEN * sparse.identity(len(nodes))).tocsr()
    found = colour.copy()
    for channel in range(colour.shape[1]):
        correction, _ = cg(system, -(incidence.T @ step[:, channel]), rtol=1e-3, maxiter=_SWEEPS)
        found[nodes, channel] += correction.astype(colour.dtype)
    return np.clip(found, 0, 1)


def _near_seams(links: Links, count: int) -> Bools:
    """Texels (N,) that are at most `_REACH` links from one at a seam."""
    near = np.zeros(count, bool)
    near[links.texels[links.is_seam].ravel()] = True
    one, other = links.texels[~links.is_seam].T
    for _ in range(_REACH):
        grown = near.copy()
        grown[one[near[other]]] = True
        grown[other[near[one]]] = True
        near = grown
    return near


def _incidence(local: Ints, count: int) -> sparse.csr_matrix:
    """One row a link: +1 at its first node and -1 at its second, nothing at nodes that are fixed (-1)."""
    row = np.arange(len(local))
    parts = [(np.full(len(local), sign, np.float32), row, local[:, side]) for side, sign in ((0, 1.0), (1, -1.0))]
    value, row, column = (np.concatenate(each) for each in zip(*parts, strict=True))
    free = column >= 0
    return sparse.csr_matrix((value[free], (row[free], column[free])), shape=(len(local), count))
