"""color.pixel-art: a picture snapped to a coarse grid and a palette."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import sfumato.plugin as sf
from sfumato_color.palette import PaletteParams, mixed, palette_for

if TYPE_CHECKING:
    from sfumato_color.grid import Grid
    from sfumato_color.oklab import Colours


class PixelArtParams(PaletteParams):
    """The palette, and the grid."""

    cell_px: int = sf.Field(8, ge=1, le=128, display=(2, 32), step=1, unit="px", label="Pixel size",
        help="The side of one big pixel. It gives way a little, so that a whole number of them fits.")  # fmt: skip
    colour_of_cell: Literal["most", "mean"] = sf.Field("most", label="Colour of a pixel",
        choices={"most": "The most frequent", "mean": "The mean"},
        help="The most frequent keeps outlines crisp, the mean keeps shading and can be dithered.")  # fmt: skip


class PixelArt(sf.PostProcessor):
    """Quantized pixels vote for the colour of their cell, or their mean in linear light is quantized.

    Whole cells fit into the image, so those of a seamless one are seamless.
    """

    id, label = "color.pixel-art", "Pixel art"
    description = "Snaps the image to a grid of big pixels in a few colours."
    Params = PixelArtParams
    keeps_unmasked = True

    def process(self, image: sf.Image, work: sf.Work) -> sf.Image:
        """The image in big pixels, at its own size and with its own opacity."""
        from sfumato_color.grid import Grid
        from sfumato_color.keeping import recoloured

        grid = Grid.over(image.width_px, image.height_px, self.params.cell_px)
        colours = palette_for(self.params, image, work)
        work.progress(0.2, f"{grid.columns}x{grid.rows} pixels, {len(colours)} colours")
        small = self._small(image, grid, colours, work)
        return recoloured(image, grid.spread(small), work, hard=True)

    def _small(self, image: sf.Image, grid: Grid, colours: Colours, work: sf.Work) -> Colours:
        """One colour for each cell (rows, columns, 3)."""
        from sfumato_color import dither, oklab
        from sfumato_color.keeping import opacity_of, rgb_of

        rgb, seen = rgb_of(image), opacity_of(image)
        if self.params.colour_of_cell == "mean":
            return mixed(self.params, grid.mean(rgb, seen), colours, work)
        chosen = dither.nearest(oklab.from_srgb(rgb), oklab.from_srgb(colours))
        found: Colours = colours[grid.most(chosen, seen, len(colours))]
        return found
