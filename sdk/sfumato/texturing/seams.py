"""Seams: edges of the surface whose two faces lie apart in the texture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sfumato.texturing.arrays import Bools, Floats, Ints
from sfumato.texturing.surface import Surface

#: UVs closer than this are the same place.
_SAME_UV = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """Edges shared by two faces: `faces` (E, 2), and `ends` (E, 2, 2, 2): by face, by end of the edge, UV.

    Both faces name the ends in the same order. `inward` (E, 2, 2) points into each face from its edge, unit length.
    """

    faces: Ints
    ends: Floats
    inward: Floats

    def of(self, chosen: Bools | Ints) -> Edges:
        """Some of them."""
        return Edges(faces=self.faces[chosen], ends=self.ends[chosen], inward=self.inward[chosen])

    def swapped(self) -> Edges:
        """The same, from the other side."""
        return Edges(faces=self.faces[:, ::-1], ends=self.ends[:, ::-1], inward=self.inward[:, ::-1])


def shared_edges(surface: Surface) -> tuple[Edges, Edges]:
    """The edges that two faces share: those that are seams of the texture, and those that are not.

    Faces without area have none: nothing is painted on them.
    """
    halves, ends = _halves(surface)
    order = np.lexsort((np.arange(len(halves)), halves[:, 1], halves[:, 0]))
    same = (halves[order[1:]] == halves[order[:-1]]).all(axis=1)
    # Where more than two faces meet, each pair of neighbours in the list counts.
    one, other = order[:-1][same], order[1:][same]
    count = len(surface.welded)
    solid = (surface.areas[one % count] > 0) & (surface.areas[other % count] > 0)
    one, other = one[solid], other[solid]
    pairs = Edges(
        faces=np.stack([one % count, other % count], axis=1),
        ends=np.stack([ends[one], ends[other]], axis=1),
        inward=np.stack([_inward(surface, one, ends), _inward(surface, other, ends)], axis=1),
    )
    apart = np.abs(pairs.ends[:, 0] - pairs.ends[:, 1]).max(axis=(1, 2)) > _SAME_UV
    return pairs.of(apart), pairs.of(~apart)


def _halves(surface: Surface) -> tuple[Ints, Floats]:
    """Every edge of every face, first edges first: its vertices in rising order (3F, 2) and their UVs (3F, 2, 2)."""
    start = surface.welded.T.reshape(-1)
    end = np.roll(surface.welded, -1, axis=1).T.reshape(-1)
    uv_start = surface.uvs.transpose(1, 0, 2).reshape(-1, 2)
    uv_end = np.roll(surface.uvs, -1, axis=1).transpose(1, 0, 2).reshape(-1, 2)
    turned = start > end
    vertices = np.stack([np.minimum(start, end), np.maximum(start, end)], axis=1)
    first = np.where(turned[:, None], uv_end, uv_start)
    return vertices, np.stack([first, np.where(turned[:, None], uv_start, uv_end)], axis=1)


def _inward(surface: Surface, half: Ints, ends: Floats) -> Floats:
    """The direction in the texture from an edge into its face, (N, 2)."""
    count = len(surface.welded)
    opposite = surface.uvs[half % count, (half // count + 2) % 3]
    along = ends[half, 1] - ends[half, 0]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    side = np.sign(np.einsum("ni,ni->n", across, opposite - ends[half, 0]))
    length = np.linalg.norm(across, axis=1)
    found: Floats = across * (side / np.where(length > 0, length, 1))[:, None]
    return found


def steps_across(edges: Edges, size_px: int, *, inside_px: float, per_px: float = 1.0) -> tuple[Ints, Floats]:
    """Places on both sides of the edges, about `per_px` to a texel: edge (S,), UV on either side (S, 2, 2).

    Each place lies `inside_px` texels within its own face.
    """
    length = np.linalg.norm(edges.ends[:, :, 1] - edges.ends[:, :, 0], axis=2).max(axis=1) * size_px
    counts = np.maximum(np.ceil(length * per_px), 1).astype(np.int64)
    edge = np.repeat(np.arange(len(counts)), counts)
    number = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts)
    share = ((number + 0.5) / counts[edge])[:, None, None]
    on_edge = edges.ends[edge, :, 0] * (1 - share) + edges.ends[edge, :, 1] * share
    return edge, on_edge + edges.inward[edge] * (inside_px / size_px)
