"""The gutter: what textures hold beside their islands, so that a renderer that looks across an edge sees no seam."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import ndimage

from sfumato.texturing.arrays import Bools, Bytes, Floats, Ints
from sfumato.texturing.canvas import Canvas
from sfumato.texturing.sampling import sample
from sfumato.texturing.scanlines import Fragments, scan
from sfumato.texturing.seams import Edges
from sfumato.texturing.surface import Surface
from sfumato.texturing.texels import Texels, in_cells, in_pile

#: So many texels beside an island continue the surface on the other side of its seam.
CROSSING_PX: Final = 3


def textures(canvas: Canvas, surface: Surface, texels: Texels, seams: Edges) -> list[Bytes]:
    """One picture (size_px, size_px, 3) for each texture of the scene, painted to its borders."""
    pile, weight = canvas.pile()
    painted = weight > 0
    if painted.any():
        pile = dilated(pile, painted, texels.size_px)
        for side in (seams, seams.swapped()) if len(seams.faces) else ():
            _continue(pile, painted, surface, texels, side)
    size = texels.size_px
    whole = np.round(np.clip(pile, 0, 1) * 255).astype(np.uint8)
    return [whole[start : start + size] for start in range(0, len(whole), size)]


def dilated(pile: Floats, painted: Bools, size_px: int) -> Floats:
    """Textures one above the other in which every cell has the colour of the nearest painted one of its texture."""
    found = pile.copy()
    for start in range(0, len(pile), size_px):
        part = np.s_[start : start + size_px]
        if painted[part].any():
            rows, columns = ndimage.distance_transform_edt(~painted[part], return_distances=False, return_indices=True)
            blank = ~painted[part]
            found[part][blank] = pile[part][rows[blank], columns[blank]]
    return found


def _continue(pile: Floats, painted: Bools, surface: Surface, texels: Texels, seams: Edges) -> None:
    """Write the other side's colours beside the first side of the seams, as if the surface were unfolded there."""
    edge, cell, place, outside = _beside(surface, texels, seams)
    free = ~painted.ravel()[cell]
    edge, cell, place, outside = edge[free], cell[free], place[free], outside[free]
    colour, share = sample(pile, place, painted)
    sure = np.flatnonzero(share > 0.25)
    order = sure[np.argsort(-outside[sure], kind="stable")]
    pile.reshape(-1, pile.shape[2])[cell[order]] = colour[order]


def _beside(surface: Surface, texels: Texels, seams: Edges) -> tuple[Ints, Ints, Floats, Floats]:
    """Cells beside the seams' first side: edge, cell of the pile, place (N, 2) on the other side, texels outside."""
    size = texels.size_px
    ends = in_cells(seams.ends, size)
    inward = seams.inward * [1.0, -1.0]
    start, end, out = ends[:, 0, 0], ends[:, 0, 1], -inward[:, 0]
    far_start, far_end = start + out * CROSSING_PX, end + out * CROSSING_PX
    corners = np.concatenate([np.stack([start, end, far_end], axis=1), np.stack([start, far_end, far_start], axis=1)])
    nothing = np.zeros(0, np.int64)
    found = [Fragments(triangle=nothing, column=nothing, row=nothing), *scan(corners, size, size)]
    edge = np.concatenate([each.triangle for each in found]) % len(seams.faces)
    column, row = (np.concatenate([getattr(each, name) for each in found]) for name in ("column", "row"))
    way = np.stack([column + 0.5, row + 0.5], axis=1) - start[edge]
    along = end[edge] - start[edge]
    share = np.clip(np.einsum("ni,ni->n", way, along) / np.einsum("ni,ni->n", along, along), 0, 1)
    outside = np.einsum("ni,ni->n", way, out[edge])
    scale = texels.unit_px[seams.faces[edge, 0]] / texels.unit_px[seams.faces[edge, 1]]
    uv = seams.ends[edge, 1, 0] * (1 - share[:, None]) + seams.ends[edge, 1, 1] * share[:, None]
    uv = uv + seams.inward[edge, 1] * (outside * scale / size)[:, None]
    texture = surface.textures[seams.faces[edge, 0]]
    cell = (texture * size + row) * size + column
    return edge, cell, in_pile(texture, uv, size), outside
