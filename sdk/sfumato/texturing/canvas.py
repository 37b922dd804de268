"""Canvas: what has been painted, texel by texel."""

from __future__ import annotations

from typing import Final

import numpy as np

from sfumato.texturing.arrays import Bools, Bytes, Floats, Ints
from sfumato.texturing.texels import Texels

#: The weight of what no view saw and was filled: any view that sees it knows better.
FILLED_WEIGHT: Final = np.float32(1e-6)


class Canvas:
    """The one thing that changes while a mesh is painted.

    `colour` (N, 3) from 0 to 1 of every texel, `weight` (N,) how much it is to be trusted, 0 where it is unpainted;
    `touched` (N,) whether it was painted since the last `settle`.
    """

    def __init__(self, texels: Texels) -> None:
        self._texels = texels
        self.colour = np.zeros((len(texels), 3), np.float32)
        self.weight = np.zeros(len(texels), np.float32)
        self.touched = np.zeros(len(texels), bool)

    @classmethod
    def of_textures(cls, texels: Texels, textures: list[Bytes]) -> Canvas:
        """A canvas that is painted already, one picture (size_px, size_px, 3 or 4) a texture; not where alpha is 0."""
        canvas = cls(texels)
        pile = np.stack([each[..., :3] for each in textures]).reshape(-1, 3)
        covers = np.stack([each[..., 3] if each.shape[2] == 4 else np.full(each.shape[:2], 255) for each in textures])
        painted: Bools = covers.reshape(-1)[texels.cell] > 0
        canvas.weight = painted.astype(np.float32)
        canvas.colour = (pile[texels.cell] / 255).astype(np.float32) * canvas.weight[:, None]
        return canvas

    @property
    def coverage(self) -> float:
        """The share of the texels that are painted."""
        return float((self.weight > FILLED_WEIGHT).mean())

    def blend(self, texel: Ints, colour: Floats, trust: Floats, share: Floats) -> None:
        """Lay colours (N, 3) over texels (N,): where nothing is, as they come; else by trust and `share` (N,).

        A share of 0 keeps a painted texel as it is, to the bit.
        """
        old, told = self.weight[texel], trust * share
        fresh = old == 0
        part = np.where(fresh, 1, told / np.maximum(told + old, 1e-30)).astype(np.float32)
        changed = part > 0
        texel, part = texel[changed], part[changed, None]
        self.colour[texel] = np.where(
            part == 1, colour[changed], self.colour[texel] * (1 - part) + colour[changed] * part
        )
        self.weight[texel] = np.where(fresh, trust, old + told)[changed]
        self.touched[texel] = True

    def cover(self, texel: Ints, colour: Floats, trust: Floats, share: Floats) -> None:
        """Replace by `share` (N,) what is there: a brush. A share of 0 keeps a texel as it is, to the bit."""
        touched = (share > 0) | (self.weight[texel] == 0)
        texel, colour, trust, share = texel[touched], colour[touched], trust[touched], share[touched, None]
        share = np.where(self.weight[texel, None] == 0, 1, share)
        self.colour[texel] = np.where(share == 1, colour, self.colour[texel] * (1 - share) + colour * share)
        self.weight[texel] = np.maximum(self.weight[texel], trust)
        self.touched[texel] = True

    def settle(self, colour: Floats) -> None:
        """Take colours (N, 3) for what is finished; from here on it is kept, but for what a view sees first."""
        self.colour = colour
        self.weight = np.maximum(self.weight, FILLED_WEIGHT)
        self.touched[:] = False

    def pile(self) -> tuple[Floats, Floats]:
        """The textures one above the other, (textures * size_px, size_px, 3), and the weights, of two axes."""
        size, count = self._texels.size_px, self._texels.index.shape[0]
        colour = np.zeros((count * size * size, 3), np.float32)
        weight = np.zeros(count * size * size, np.float32)
        colour[self._texels.cell], weight[self._texels.cell] = self.colour, self.weight
        return colour.reshape(count * size, size, 3), weight.reshape(count * size, size)
