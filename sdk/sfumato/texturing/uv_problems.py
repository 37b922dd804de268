"""What is wrong with UVs that are there, so that nobody paints on a texture that cannot hold it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from sfumato.texturing.arrays import Floats
from sfumato.texturing.mesh import MeshObject
from sfumato.texturing.scanlines import scan
from sfumato.texturing.texels import in_cells

#: The grid on which overlaps are looked for, and the share of the covered cells that may be hit twice: rounding, and
#: the odd fold that nobody sees.
_GRID_PX: Final = 1024
_TOLERATED: Final = 0.003
#: Rounding beyond the texture's border is none.
_BORDER: Final = 1e-4


def uv_problem(given: MeshObject) -> str | None:
    """Why the object's UVs cannot hold a painting of its own, in words; None where they can."""
    return _own_problem(given) or _overlap_problem([given])


def shared_uv_problem(objects: Sequence[MeshObject]) -> str | None:
    """Why one texture cannot hold the paint of all these objects, in words; None where it can."""
    for each in objects:
        if problem := uv_problem(each):
            return problem if len(objects) == 1 else f"{each.name!r}: {problem}"
    return _overlap_problem(objects)


def can_be_painted(given: MeshObject) -> bool:
    """Whether its UVs hold a painting at all, even if places share their paint."""
    return given.uvs is not None and bool(np.isfinite(given.uvs).all()) and bool(_uv_areas(given.uvs).any())


def overlap(uvs: Floats) -> float:
    """The share of the texture's covered cells that more than one face lies on, of UVs (F, 3, 2)."""
    hits = np.zeros(_GRID_PX * _GRID_PX, np.int64)
    for cells in scan(in_cells(uvs, _GRID_PX), _GRID_PX, _GRID_PX):
        hits += np.bincount(cells.row * _GRID_PX + cells.column, minlength=len(hits))
    covered = int((hits > 0).sum())
    return float((hits > 1).sum()) / covered if covered else 0.0


def _own_problem(given: MeshObject) -> str | None:
    if given.uvs is None:
        return "it has no UVs"
    if not np.isfinite(given.uvs).all():
        return "its UVs are not all finite numbers"
    if not _uv_areas(given.uvs).any():
        return "its UVs are empty: no face has an area in the texture"
    if given.uvs.min() < -_BORDER or given.uvs.max() > 1 + _BORDER:
        return f"its UVs lie outside 0 to 1 (from {given.uvs.min():.3g} to {given.uvs.max():.3g})"
    flat = _flat_share(given)
    return f"{flat:.0%} of its surface has no area in the texture" if flat > _TOLERATED else None


def _overlap_problem(objects: Sequence[MeshObject]) -> str | None:
    share = overlap(np.concatenate([each.uvs for each in objects if each.uvs is not None]))
    if share <= _TOLERATED:
        return None
    whose = "its UVs overlap" if len(objects) == 1 else "the UVs of the objects that share the texture overlap"
    return f"{whose} on {share:.0%} of what they cover"


def _flat_share(given: MeshObject) -> float:
    a, b, c = given.positions[given.faces].transpose(1, 0, 2)
    areas = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    assert given.uvs is not None
    return float(areas[_uv_areas(given.uvs) < 1e-14].sum() / areas.sum())


def _uv_areas(uvs: Floats) -> Floats:
    a, b = uvs[:, 1] - uvs[:, 0], uvs[:, 2] - uvs[:, 0]
    found: Floats = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
    return found
