"""color.match: the colours of a reference picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import sfumato.plugin as sf

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sfumato_color.oklab import Colours

_BAND_PX = 2**18


class MatchParams(sf.Params):
    """Which picture, and what of its colours."""

    reference: str = sf.Field("", kind="image", label="Reference",
        help="The picture whose colours are taken.")  # fmt: skip
    method: Literal["histogram", "spread", "palette"] = sf.Field("histogram", label="Match",
        choices={"histogram": "Histogram", "spread": "Mean and spread", "palette": "Palette"},
        help="The whole distribution, its mean and spread alone, or the main colours one by one.")  # fmt: skip
    space: Literal["oklab", "rgb"] = sf.Field("oklab", label="Colour space", group="Advanced", depends_on="method",
        choices={"oklab": "OKLab, as the eye sees", "rgb": "Red, green, blue"},
        help="Histograms: OKLab as a whole, or each channel of RGB. Palettes are always matched in OKLab.")  # fmt: skip
    colours: int = sf.Field(8, ge=2, le=64, display=(2, 16), step=1, label="Main colours", group="Advanced",
        depends_on="method", help="How many each picture is taken to have, for matching palettes.")  # fmt: skip
    keep_lightness: bool = sf.Field(False, label="Keep lightness",
        help="Take over hue and saturation only; light and shadow stay.")  # fmt: skip
    strength: float = sf.Field(1.0, ge=0, le=1, step=0.05, label="Strength",
        help="From the image's own colours (0) to the matched ones (1).")  # fmt: skip


class Match(sf.PostProcessor):
    """The distribution of colours, their mean and spread, or the main ones alone, are matched (`transfer`).

    Every pixel is changed by its colour alone, so seamless images stay seamless.
    """

    id, label = "color.match", "Match colours"
    description = "Gives the image the colours of a reference picture."
    Params = MatchParams
    keeps_unmasked = True

    def process(self, image: sf.Image, work: sf.Work) -> sf.Image:
        """The image in the reference's colours. Raises ValueError where there is no reference."""
        import numpy as np

        from sfumato_color import oklab
        from sfumato_color.keeping import recoloured, rgb_of

        if "reference" not in work.images:
            raise ValueError("reference: got no picture, expected one whose colours are to be matched")
        if self.params.strength == 0:
            return image
        before = rgb_of(image)
        matched = self._matched(image, work.images["reference"], work)
        if self.params.keep_lightness:
            lab = oklab.from_srgb(matched)
            lab[:, :, 0] = oklab.from_srgb(before)[:, :, 0]
            matched = oklab.to_srgb(lab)
        rgb = before + np.float32(self.params.strength) * (matched - before)
        return recoloured(image, rgb, work)

    def _matched(self, image: sf.Image, reference: sf.Image, work: sf.Work) -> Colours:
        from sfumato_color import oklab, transfer
        from sfumato_color.keeping import rgb_of

        if self.params.method == "palette":
            return self._shifted(image, reference, work)
        perceptual = self.params.space == "oklab"
        mine, theirs = (oklab.from_srgb(rgb_of(each)) if perceptual else rgb_of(each) for each in (image, reference))
        given = mine.reshape(-1, 3), _weights(image, work), theirs.reshape(-1, 3), _weights(reference)
        match self.params.method, self.params.space:
            case "spread", _:
                found = transfer.match_spread(*given)
            case _, "rgb":
                found = transfer.match_histogram(*given)
            case _:
                found = transfer.match_distribution(*given, work.progress)
        found = found.reshape(mine.shape)
        return oklab.to_srgb(found) if perceptual else found.clip(0, 1)

    def _shifted(self, image: sf.Image, reference: sf.Image, work: sf.Work) -> Colours:
        import numpy as np

        from sfumato_color import oklab
        from sfumato_color.clusters import palette_of, visible
        from sfumato_color.keeping import opacity_of, rgb_of
        from sfumato_color.transfer import shift_palette

        mine, theirs = (
            oklab.from_srgb(palette_of(visible(rgb_of(each), opacity_of(each)), self.params.colours))
            for each in (image, reference)
        )
        lab = oklab.from_srgb(rgb_of(image)).reshape(-1, 3)
        bands = np.array_split(lab, len(lab) // _BAND_PX + 1)
        moved = []
        for place, band in enumerate(bands):
            work.progress(place / len(bands))
            moved.append(shift_palette(band, mine, theirs))
        return oklab.to_srgb(np.concatenate(moved).reshape(*image.pixels.shape[:2], 3))


def _weights(image: sf.Image, work: sf.Work | None = None) -> NDArray[np.float32]:
    """(N,) how much each pixel counts: as much as it can be seen, and none outside the mask."""
    import numpy as np

    from sfumato_color.keeping import masked, opacity_of

    seen = opacity_of(image) if work is None else opacity_of(image) * masked(image, work)
    return (seen if seen.any() else np.ones_like(seen)).reshape(-1)
