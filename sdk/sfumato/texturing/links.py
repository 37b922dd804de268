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
    """Neighbours: `texels` (L, 2), and `is_seam` (L,) across a seam."""

    texels: Ints
    is_seam: Bools


class Neighbours:
    """The neighbours of a surface's texels, found where they are asked for: of millions, few ever are."""

    def __init__(self, surface: Surface, texels: Texels, seams: Edges) -> None:
        self._texels = texels
        self.across = seam_pairs(surface, texels, seams)
        self._index = np.pad(texels.index, ((0, 0), (0, 1), (0, 1)), constant_values=-1).reshape(-1)
        size = texels.size_px
        row, column = texels.cell // size, texels.cell % size
        # A column and a row of nothing lie behind each texture, so that no neighbour is looked for around its border.
        self._cell = row // size * (size + 1) ** 2 + row % size * (size + 1) + column

    def touching(self, chosen: Bools) -> Links:
        """The links of which at least one end is `chosen` (N,)."""
        inside = self._inside(chosen)
        across = self.across[chosen[self.across].any(axis=1)]
        pairs = np.concatenate([inside, across])
        return Links(texels=pairs, is_seam=np.arange(len(pairs)) >= len(inside))

    def within(self, start: Bools, reach: int) -> Bools:
        """The texels (N,) that are at most `reach` links from one of `start`, not counting those across seams."""
        near = start.copy()
        front = np.flatnonzero(start)
        for _ in range(reach):
            found = np.concatenate([self._beside(front, way)[:, 1] for way in self._ways])
            front = np.unique(found[~near[found]])
            near[front] = True
        return near

    def units(self, pairs: Ints) -> Floats:
        """How far the texels of pairs (L, 2) are apart, over 0."""
        way = self._texels.position[pairs[:, 0]] - self._texels.position[pairs[:, 1]]
        found: Floats = np.maximum(np.sqrt(np.einsum("ni,ni->n", way, way)), 1e-12)
        return found

    @property
    def _ways(self) -> tuple[int, ...]:
        line = self._texels.size_px + 1
        return 1, line, -1, -line

    def _inside(self, chosen: Bools) -> Ints:
        """Neighbours in rows and columns of which one is chosen, (P, 2), each once."""
        own = np.flatnonzero(chosen)
        forward = [self._beside(own, way) for way in self._ways[:2]]
        back = [self._beside(own, way)[:, ::-1] for way in self._ways[2:]]
        return np.concatenate([*forward, *(pairs[~chosen[pairs[:, 0]]] for pairs in back)])

    def _beside(self, texel: Ints, way: int) -> Ints:
        """Texels (N,) and their neighbours one step along, (P, 2), where they are neighbours on the surface too."""
        other = self._index[self._cell[texel] + way]
        pairs = np.stack([texel, other], axis=1)[other >= 0]
        faces = self._texels.face[pairs]
        doubtful = np.flatnonzero(faces[:, 0] != faces[:, 1])
        limit = self._texels.unit_px[faces[doubtful]].max(axis=1, initial=0) * _FARTHEST
        near = np.ones(len(pairs), bool)
        near[doubtful] = self.units(pairs[doubtful]) <= limit
        found: Ints = pairs[near]
        return found


def seam_pairs(surface: Surface, texels: Texels, seams: Edges) -> Ints:
    """The texels that face each other across seams, (P, 2), each pair once."""
    edge, places = steps_across(seams, texels.size_px, inside_px=0.5, per_px=1.5)
    one, other = (_texel_at(surface, texels, seams.faces[edge, side], places[:, side]) for side in (0, 1))
    known = (one >= 0) & (other >= 0) & (one != other)
    one, other = one[known].astype(np.int64), other[known].astype(np.int64)
    keys = np.unique(np.minimum(one, other) * len(texels) + np.maximum(one, other))
    return np.stack([keys // len(texels), keys % len(texels)], axis=1)


def _texel_at(surface: Surface, texels: Texels, face: Ints, uv: Floats) -> Ints:
    cell = in_pile(surface.textures[face], uv, texels.size_px).astype(np.int64)
    found: Ints = texels.index.reshape(-1, texels.size_px)[cell[:, 1], cell[:, 0]]
    return found
