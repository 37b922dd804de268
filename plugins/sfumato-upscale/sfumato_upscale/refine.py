"""upscale.refine: details drawn anew by the job's own model, tile by tile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sfumato.plugin as sf

if TYPE_CHECKING:
    from sfumato_upscale.tiles import Axis, Plane

#: Sides of what an engine draws are multiples of it.
_MULTIPLE_PX: Final = 8


class RefineParams(sf.Params):
    """How much is drawn anew, and in what pieces."""

    strength: float = sf.Field(0.3, ge=0, le=1, display=(0, 0.6), step=0.05, label="Strength",
        help="How much of each tile is drawn anew; 0 is nothing.")  # fmt: skip
    tile_px: int = sf.Field(512, ge=64, le=2048, display=(128, 1024), step=8, unit="px", label="Tile size",
        help="What is drawn at once; the size that the model was trained at is best.")  # fmt: skip
    overlap: float = sf.Field(0.15, ge=0, le=0.5, step=0.05, label="Overlap",
        help="The share of a tile that reaches into the next one, to blend.")  # fmt: skip
    steps: int = sf.Field(0, ge=0, le=1000, display=(0, 50), step=1, label="Steps", group="Advanced",
        help="Of the whole schedule, of which the strength's share is run; 0 is as many as the job's.")  # fmt: skip
    prompt: str = sf.Field("", multi_line=True, label="Prompt", group="Advanced",
        help="What every tile shows; left out, it is the job's prompt.")  # fmt: skip


class Refine(sf.PostProcessor):
    """Image-to-image over overlapping tiles, each from noise of its own.

    Seamless where the recipe tiles: tiles go around the borders; one as wide as the image is drawn seamless.
    """

    id, label = "upscale.refine", "Refine"
    description = "Has the model draw the image's details anew, tile by tile: what an enlarged image lacks."
    Params = RefineParams
    keeps_unmasked = True

    def process(self, image: sf.Image, work: sf.Work) -> sf.Image:
        """The image with new details, and its own opacity. Raises what a generation fails with, and ValueError."""
        import numpy as np

        if self.params.strength == 0:
            return image
        grey = image.pixels.shape[2] == 1
        rgb = np.repeat(image.pixels, 3, axis=2) if grey else image.pixels[:, :, :3]
        drawn = self._tiled(rgb, work, _mask_of(image, work))
        if grey:
            drawn = drawn.mean(axis=2, keepdims=True, dtype=np.float32)
        pixels = np.concatenate([drawn, image.pixels[:, :, 3:]], axis=2, dtype=np.float32)
        return sf.Image(pixels=pixels, name=image.name, bits=image.bits)

    def _tiled(self, rgb: Plane, work: sf.Work, mask: Plane) -> Plane:
        from sfumato_upscale.tiles import Mosaic

        down, across = self._axes(rgb, work.recipe.tile)
        mosaic = Mosaic(down, across, self._overlap_px)
        for number, window in enumerate(mosaic.windows()):
            work.progress(number / len(mosaic), f"tile {number + 1} of {len(mosaic)}")
            piece = mosaic.cut(rgb, *window)
            needed = mosaic.cut(mask, *window).any()
            mosaic.lay(self._drawn(piece, number, _tile_of(down, across), work) if needed else piece, *window)
        found: Plane = mosaic.whole() * mask + rgb * (1 - mask)
        return found

    def _axes(self, rgb: Plane, tile: str) -> tuple[Axis, Axis]:
        """Windows down and across, of sides that can be drawn."""
        from sfumato_upscale.tiles import Axis

        size = self.params.tile_px // _MULTIPLE_PX * _MULTIPLE_PX
        down, across = (
            Axis.of(length, size, self._overlap_px, wraps=axis in tile, multiple=_MULTIPLE_PX)
            for axis, length in zip("yx", rgb.shape[:2], strict=True)
        )
        return down, across

    @property
    def _overlap_px(self) -> int:
        overlap_px: int = round(self.params.overlap * self.params.tile_px)
        return overlap_px

    def _drawn(self, piece: Plane, number: int, tile: str, work: sf.Work) -> Plane:
        """One tile (h, w, 3), drawn anew. Its noise is its own: the same in all of them would show as a pattern."""
        wanted = sf.Draw(
            prompt=self.params.prompt or None,
            init=sf.Image(pixels=piece),
            strength=self.params.strength,
            steps=self.params.steps or None,
            seed=(work.seed + 1 + number) % 2**63,
            tile=tile,
        )
        return work.draw(wanted).pixels[:, :, :3]


def _tile_of(down: Axis, across: Axis) -> str:
    """The axes along which each tile is seamless by itself."""
    return "".join(name for name, axis in (("x", across), ("y", down)) if axis.wraps and axis.whole)


def _mask_of(image: sf.Image, work: sf.Work) -> Plane:
    """(H, W, 1), 1 where the image may change: the job's mask at the size that the image has by now."""
    import numpy as np

    height_px, width_px = image.pixels.shape[:2]
    if work.mask is None:
        return np.ones((height_px, width_px, 1), np.float32)
    rows = np.arange(height_px) * work.mask.height_px // height_px
    columns = np.arange(width_px) * work.mask.width_px // width_px
    share: Plane = work.mask.pixels[rows[:, None], columns]
    return share
