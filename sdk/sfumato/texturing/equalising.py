"""Steps of colour across seams, spread over the texels beside them until none is left to see.

Gradient-domain stitching (Pérez et al. 2003, Poisson Image Editing) on the surface: the smallest smooth correction
that closes the steps, screened so that it fades within a few texels.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import sparse

from sfumato.texturing.arrays import Bools, Floats, Ints
from sfumato.texturing.links import Neighbours

#: How many texels from a seam are corrected at most.
_REACH: Final = 16
#: The correction's pull to nothing; it fades by e within 1 / sqrt(this) texels.
_SCREEN: Final = 0.04
_SWEEPS: Final = 60
#: So much of the steps may be left at the end.
_ACCURACY: Final = 1e-3
#: How much more a step across a seam hurts than one of the correction's own.
_SEAM_FORCE: Final = 2.0


def equalised(colour: Floats, neighbours: Neighbours, fixed: Bools) -> Floats:
    """Colours (N, 3) without steps across seams; those of the `fixed` texels (N,) stay as they are, to the bit."""
    at_seam = np.zeros(len(colour), bool)
    at_seam[neighbours.across.ravel()] = True
    near = neighbours.within(at_seam, _REACH) & ~fixed
    nodes = np.flatnonzero(near)
    if not len(nodes):
        return colour
    used = neighbours.touching(near)
    number = np.full(len(colour), -1, np.int32)
    number[nodes] = np.arange(len(nodes))
    local = number[used.texels]
    force = np.where(used.is_seam, np.float32(_SEAM_FORCE**2), np.float32(1))
    wanted = _pulls(colour, used.texels[used.is_seam], local[used.is_seam], len(nodes))
    found = colour.copy()
    found[nodes] += _solved(_system(local, force, len(nodes)), wanted)
    return np.clip(found, 0, 1)


def _pulls(colour: Floats, texels: Ints, local: Ints, count: int) -> Floats:
    """Where the steps across seams want their texels to go, (count, 3)."""
    step = (colour[texels[:, 1]] - colour[texels[:, 0]]) * np.float32(_SEAM_FORCE**2)
    pulls = np.zeros((count + 1, colour.shape[1]), np.float32)
    for side, sign in ((0, 1), (1, -1)):
        for channel in range(colour.shape[1]):
            weights = step[:, channel] * sign
            pulls[:, channel] += np.bincount(local[:, side] % (count + 1), weights, count + 1).astype(np.float32)
    return pulls[:count]


def _system(local: Ints, force: Floats, count: int) -> sparse.csr_matrix:
    """The screened Laplacian of the links over the nodes (-1 are fixed ones)."""
    ends, forces = local.ravel(), np.repeat(force, 2)
    diagonal = np.bincount(ends[ends >= 0], forces[ends >= 0], count) + _SCREEN
    free = (local >= 0).all(axis=1)
    one, other = local[free].T
    rows, columns = np.concatenate([one, other]), np.concatenate([other, one])
    beside = sparse.csr_matrix((-np.tile(force[free], 2), (rows, columns)), shape=(count, count))
    return (beside + sparse.diags(diagonal.astype(np.float32), dtype=np.float32)).tocsr()


def _solved(system: sparse.csr_matrix, wanted: Floats) -> Floats:
    """The solution (N, C) by conjugate gradients, all channels side by side."""
    found = np.zeros_like(wanted)
    rest = wanted.copy()
    way = rest.copy()
    left = np.einsum("nc,nc->c", rest, rest)
    enough = left * _ACCURACY**2
    for _ in range(_SWEEPS):
        if (left <= enough).all():
            break
        turned = system @ way
        length = left / np.maximum(np.einsum("nc,nc->c", way, turned), 1e-30)
        found += way * length
        rest -= turned * length
        before, left = left, np.einsum("nc,nc->c", rest, rest)
        way *= left / np.maximum(before, 1e-30)
        way += rest
    return found
