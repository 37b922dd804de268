"""color.quantize: a picture in a few colours."""

from __future__ import annotations

import sfumato.plugin as sf
from sfumato_color.palette import PaletteParams, mixed, palette_for


class Quantize(sf.PostProcessor):
    """Nearest colours in OKLab, of a palette by median cut (Heckbert 1982) and k-means (Lloyd 1982)."""

    id, label = "color.quantize", "Quantize to a palette"
    description = "Paints the image in a few colours: its own, a reference picture's, or given ones."
    Params = PaletteParams
    keeps_unmasked = True

    def process(self, image: sf.Image, work: sf.Work) -> sf.Image:
        """The image in the palette's colours. Raises ValueError where a palette lacks what it comes from."""
        from sfumato_color.keeping import recoloured, rgb_of

        colours = palette_for(self.params, image, work)
        work.progress(0.2, f"{len(colours)} colours")
        return recoloured(image, mixed(self.params, rgb_of(image), colours, work), work, hard=True)
