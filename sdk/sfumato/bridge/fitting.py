"""Fitting: what an adapter captured becomes what is drawn, and what was drawn becomes what it places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sfumato.bridge import masks
from sfumato.bridge.covers import carried_by, carrying
from sfumato.bridge.neighbours import filled
from sfumato.bridge.palette import in_palette
from sfumato.bridge.pixels import Array, as_rgba, of_png, resized
from sfumato.bridge.region import Region
from sfumato.errors import InvalidRecipe


@dataclass(slots=True)
class Fitting:
    """One request's region. `alpha` (H, W), of its size, is what results cover; None covers all."""

    region: Region
    alpha: Array | None = None
    #: What the initial picture covers, where results shall cover no more.
    _paint: Array | None = field(default=None)

    def cover(self, mask: Array) -> None:
        """The mask (H, W, 1) of the request, as it came. Raises InvalidRecipe where nothing of it is selected."""
        region = self.region
        whole = resized(mask[:, :, :1], region.size, soft=True)[:, :, 0]
        alpha = masks.feathered(masks.grown(whole, region.grow_px), region.feather_px)
        if not alpha.any():
            raise InvalidRecipe.of("mask", "nothing is selected; select what is to be painted")
        self.alpha = alpha

    def initial(self, picture: Array) -> Array:
        """The initial picture (H, W, 3) at the drawn size. Raises InvalidRecipe where nothing is to be painted."""
        whole = as_rgba(picture)
        if self.region.mask_of == "transparency":
            if (whole[:, :, 3] == 255).all():
                said = "no part of the canvas is transparent; enlarge the canvas or erase what is to be painted"
                raise InvalidRecipe.of("mask", said)
            self.cover(255 - whole[:, :, 3:])
        if self.region.keep_alpha:
            self._paint = resized(whole[:, :, 3:], self.region.size, soft=True)[:, :, 0]
        known = whole[:, :, 3]
        if self.region.under_mask == "neighbours" and self.alpha is not None:
            known = np.minimum(known, np.where(self._at(picture) > 0, 0, 255)).astype(np.uint8)
        return self.fitted(filled(whole[:, :, :3], known))

    def engine_mask(self) -> Array:
        """The mask (H, W, 1) for the engine, at the size that is drawn."""
        assert self.alpha is not None
        return self.fitted(masks.repainted(self.alpha)[:, :, None], soft=True)

    def carried(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """A request's options with what results cover inside of their PNGs, for `recover` and `recover_paint`."""
        covers = {"mask": self.alpha, "init": self._paint}
        return dict(options) | {
            name: carrying(options[name], cover)
            for name, cover in covers.items()
            if cover is not None and isinstance(options.get(name), bytes)
        }

    def recover(self, png: bytes) -> None:
        """The mask that the engine was given, by an earlier life of the bridge. Raises ImageRefused."""
        self.alpha = carried_by(png, self.region.size)
        if self.alpha is None:  # from before masks carried it, or of another region
            width, height = self.region.content
            whole = resized(of_png(png)[:height, :width, :1], self.region.size, soft=True)
            self.alpha = masks.covered(whole[:, :, 0])

    def recover_paint(self, png: bytes) -> None:
        """What the initial picture of an earlier life of the bridge covers, where results cover no more."""
        self._paint = carried_by(png, self.region.size)

    def fitted(self, picture: Array, *, soft: bool = False) -> Array:
        """A picture of the region at the size that is drawn, its edges continued into the padding."""
        content = resized(picture, self.region.content, tiles=self.region.tiles, soft=soft)
        height, width = content.shape[:2]
        rest = ((0, self.region.draw_height_px - height), (0, self.region.draw_width_px - width), (0, 0))
        return np.pad(content, rest, mode="edge") if rest != ((0, 0),) * 3 else content

    def result(self, drawn: Array) -> Array:
        """What was drawn (H, W, C) as RGBA of the region's size, under its alpha; larger where that is to be kept.

        What a post-processor gave another shape, by trimming it for instance, keeps that shape and its own pixels.
        """
        height, width = drawn.shape[:2]
        scale = width / self.region.draw_width_px
        if abs(height - self.region.draw_height_px * scale) > 1:
            picture = as_rgba(drawn)
        else:
            kept = scale if self.region.keep_scale else 1
            whole_width, whole_height = (max(1, round(side * kept)) for side in self.region.size)
            picture = self._placed(drawn, (whole_width, whole_height))
        return in_palette(picture, self.region.palette) if self.region.palette else picture

    def preview(self, small: Array) -> Array:
        """A preview (H, W, 3) of what is drawn as RGBA, no larger than the region, under its alpha."""
        share = min(1.0, small.shape[1] / self.region.draw_width_px)
        content = [max(1, round(side * share)) for side in self.region.content]
        shrink = min(1.0, *(own / shown for own, shown in zip(self.region.size, content, strict=True)))
        width, height = (max(1, round(side * shrink)) for side in content)
        return self._placed(small, (width, height))

    def _placed(self, drawn: Array, size: tuple[int, int]) -> Array:
        height, width = drawn.shape[:2]
        taken_x, taken_y = (
            max(1, round(own * content / whole))
            for own, content, whole in zip((width, height), self.region.content, self.region.drawn, strict=True)
        )
        tiles = self.region.tiles
        picture = as_rgba(resized(drawn[:taken_y, :taken_x], size, tiles=tiles)).copy()
        for cover in (self.alpha, self._paint):
            if cover is not None:
                share = resized(cover[:, :, None], size, soft=True)[:, :, 0].astype(np.uint32)
                picture[:, :, 3] = (picture[:, :, 3] * share + 127) // 255
        return picture

    def _at(self, picture: Array) -> Array:
        """The alpha at the size of a picture that is not the region's."""
        assert self.alpha is not None
        return resized(self.alpha[:, :, None], (picture.shape[1], picture.shape[0]), soft=True)[:, :, 0]
