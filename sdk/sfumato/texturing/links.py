"""Links: which texels are neighbours on the surface, within an island of the texture and across its seams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sfumato.texturing.arrays import Bools, Floats, Ints
from sfumato.texturing.seams import Edges, steps_across
from sfumato.texturing.surface import Surface
from sfumato.texturing.texels import Texels, in_pile

#: Texels side by side in the texture are neighbours up to this many texel sizes; more is two islands that touch.
_FARTHEST: Final = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Neighbours: `texels` (L, 2) and `units` (L,) how far they are apart; `is_seam` (L,) across a seam."""

    texels: Ints
    units: Floats
    is_seam: Bools

    def of(self, chosen: Bools) -> Links:
        """Some of them."""
        return Links(texels=self.texels[chosen], units=self.units[chosen], is_seam=self.is_seam[chosen])


def links_of(surface: Surface, texels: Texels, seams: Edges) -> Links:
    """All neighbours of the texels."""
    inside, across = _inside(texels), seam_pairs(surface, texels, seams)
    pairs = np.concatenate([inside, across])
    is_seam = np.arange(len(pairs)) >= len(inside)
    way = texels.position[pairs[:, 0]] - texels.position[pairs[:, 1]]
    units = np.sqrt(np.einsum("ni,ni->n", way, way))
    return Links(texels=pairs, units=np.maximum(units, 1e-12), is_seam=is_seam)


def seam_pairs(surface: Surface, texels: Texels, seams: Edges) -> Ints:
    """The texels that face each other across seams, (P, 2), each pair once."""
    edge, places = steps_across(seams, texels.size_px, inside_px=0.5, per_px=1.5)
    sides = [_texel_at(surface, texels, seams.faces[edge, side], places[:, side]) for side in (0, 1)]
    pairs = np.stack(sides, axis=1)
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    found: Ints = pairs[(pairs[:, 0] >= 0) & (pairs[:, 0] != pairs[:, 1])]
    return found


def _texel_at(surface: Surface, texels: Texels, face: Ints, uv: Floats) -> Ints:
    cell = in_pile(surface.textures[face], uv, texels.size_px).astype(np.int64)
    found: Ints = texels.index.reshape(-1, texels.size_px)[cell[:, 1], cell[:, 0]]
    return found


def _inside(texels: Texels) -> Ints:
    """Neighbours in rows and columns, (P, 2)."""
    index = texels.index
    rows = np.stack([index[:, :, :-1].ravel(), index[:, :, 1:].ravel()], axis=1)
    columns = np.stack([index[:, :-1].ravel(), index[:, 1:].ravel()], axis=1)
    pairs = np.concatenate([rows, columns])
    pairs = pairs[(pairs >= 0).all(axis=1)]
    way = texels.position[pairs[:, 0]] - texels.position[pairs[:, 1]]
    limit = texels.unit_px[texels.face[pairs]].max(axis=1) * _FARTHEST
    found: Ints = pairs[np.einsum("ni,ni->n", way, way) <= limit**2]
    return found
