"""UVs: what is wrong with those that are there, and new ones (xatlas)."""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import Any, Final

import numpy as np

from sfumato.texturing.arrays import Floats, Ints
from sfumato.texturing.mesh import MeshObject
from sfumato.texturing.scanlines import scan
from sfumato.texturing.texels import in_cells

#: The grid on which overlaps are looked for, and the share of the covered cells that may be hit twice: rounding, and
#: the odd fold that nobody sees.
_GRID_PX: Final = 1024
_TOLERATED: Final = 0.003
#: Rounding beyond the texture's border is none.
_BORDER: Final = 1e-4
_SPACE_PX: Final = 4


def uv_problem(given: MeshObject) -> str | None:
    """Why the object's UVs cannot hold a painting of its own, in words; None where they can."""
    if given.uvs is None:
        return "it has no UVs"
    if not np.isfinite(given.uvs).all():
        return "its UVs are not all finite numbers"
    if not _uv_areas(given.uvs).any():
        return "its UVs are empty: no face has an area in the texture"
    if given.uvs.min() < -_BORDER or given.uvs.max() > 1 + _BORDER:
        return f"its UVs lie outside 0 to 1 (from {given.uvs.min():.3g} to {given.uvs.max():.3g})"
    flat = _flat_share(given)
    if flat > _TOLERATED:
        return f"{flat:.0%} of its surface has no area in the texture"
    share = overlap(given.uvs)
    return f"its UVs overlap on {share:.0%} of what they cover" if share > _TOLERATED else None


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


def unwrapped(given: MeshObject, *, size_px: int = 1024) -> MeshObject:
    """The object with new UVs that do not overlap, with room between the islands for a texture of `size_px`.

    Faces and positions stay as they are, in their order.
    """
    xatlas: Any = importlib.import_module("xatlas")  # has no types
    atlas = xatlas.Atlas()
    positions, faces = _welded(given)
    atlas.add_mesh(positions.astype(np.float32), faces.astype(np.uint32))
    packing = xatlas.PackOptions()
    packing.resolution, packing.padding, packing.bilinear = size_px, _SPACE_PX, True
    atlas.generate(pack_options=packing)
    _, indices, uvs = atlas[0]
    # xatlas leaves faces out of its charts that have no area; their corners then share one place.
    return replace(given, uvs=uvs[indices.astype(np.int64)].astype(np.float64))


def _welded(given: MeshObject) -> tuple[Floats, Ints]:
    """Vertices that were split for former UVs become one, so that islands are not cut there again."""
    positions, ids = np.unique(given.positions, axis=0, return_inverse=True)
    return positions, ids.reshape(-1)[given.faces]


def _flat_share(given: MeshObject) -> float:
    a, b, c = given.positions[given.faces].transpose(1, 0, 2)
    areas = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    assert given.uvs is not None
    return float(areas[_uv_areas(given.uvs) < 1e-14].sum() / areas.sum())


def _uv_areas(uvs: Floats) -> Floats:
    a, b = uvs[:, 1] - uvs[:, 0], uvs[:, 2] - uvs[:, 0]
    found: Floats = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
    return found
