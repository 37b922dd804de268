"""The arrays of this room by what they hold; their shapes stand where they are used."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.floating[Any]]
Ints: TypeAlias = npt.NDArray[np.integer[Any]]
Bools: TypeAlias = npt.NDArray[np.bool_]
Bytes: TypeAlias = npt.NDArray[np.uint8]


def unit(vectors: Floats) -> Floats:
    """The vectors (..., 3) at length 1; those of length 0 stay 0."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    found: Floats = vectors / np.where(length > 0, length, 1)
    return found


def dot(a: Floats, b: Floats) -> Floats:
    """The products of vectors (..., 3) with each other, (...)."""
    found: Floats = np.einsum("...i,...i->...", a, b)
    return found
