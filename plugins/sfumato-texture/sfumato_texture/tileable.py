"""texture.tileable: any image made to wrap around."""

from __future__ import annotations

from typing import Literal

import sfumato.plugin as sf


class TileableParams(sf.Params):
    """Where the image is to wrap around."""

    axes: Literal["xy", "x", "y"] = sf.Field("xy", label="Tile",
        choices={"xy": "In both directions", "x": "Sideways", "y": "Up and down"},
        help="Which sides are to meet. A direction in which they meet already is left as it is.")  # fmt: skip
    strip: float = sf.Field(0.4, ge=0.1, le=0.6, step=0.05, label="Strip", group="Advanced",
        help="How wide a strip of the image covers the seam, as a share of it. Wide ones hide more, narrow ones "
        "change less.")  # fmt: skip


class Tileable(sf.PostProcessor):
    """A strip of the image over the seam, cut where both are alike (Efros and Freeman 2001), levels evened out after it
    (Perez et al. 2003).
    """

    id, label = "texture.tileable", "Make tileable"
    description = "Makes any image seamless, so that it can be repeated."
    Params = TileableParams

    def process(self, image: sf.Image, work: sf.Work) -> sf.Image:
        """The image, seamless on the chosen axes, of its own size and opacity."""
        import numpy as np

        from sfumato_texture.wrapping import make_tileable

        colours = 3 if image.has_alpha else image.pixels.shape[2]
        made = make_tileable(
            image.pixels[:, :, :colours],
            self.params.axes,
            strip=self.params.strip,
            progress=lambda share: work.progress(share, "finding the best cut"),
        )
        pixels = np.concatenate([made, image.pixels[:, :, colours:]], axis=2, dtype=np.float32)
        return sf.Image(pixels=pixels, name=image.name, bits=image.bits)
