"""matte.refine: better edges for an image that is cut out already."""

from __future__ import annotations

import sfumato.plugin as sf


class RefineParams(sf.Params):
    """Where the edge goes."""

    radius_px: int = sf.Field(6, ge=0, le=64, display=(0, 24), step=1, unit="px", label="Radius",
        help="How far the edge may move to where the picture has one; 0 leaves it.")  # fmt: skip
    softness: float = sf.Field(0.03, ge=0.001, le=1, display=(0.001, 0.2), step=0.005, label="Softness",
        help="Contrast below this is no edge of the picture.")  # fmt: skip
    haze: float = sf.Field(0.25, ge=0, le=0.45, step=0.05, label="Clear haze",
        help="Opacity this near to none or all becomes that; less keeps hair, more is crisper.")  # fmt: skip
    grow_px: int = sf.Field(0, ge=-64, le=64, display=(-8, 8), step=1, unit="px", label="Grow",
        help="Make the object wider, or narrower below 0, beforehand.")  # fmt: skip
    clean_colours: bool = sf.Field(True, label="Clean colours",
        help="Take the background's colour out of soft edges.")  # fmt: skip


class Refine(sf.PostProcessor):
    """The guided filter (He et al. 2010) on opacity, the picture being the guide. An opaque image stays as it is."""

    id, label = "matte.refine", "Refine edges"
    description = "Moves the edges of a cut-out to where the picture has them, and cleans their colours."
    Params = RefineParams
    keeps_alpha = False

    def process(self, image: sf.Image, work: sf.Work) -> sf.Image:
        """The image with better alpha."""
        if not image.has_alpha or (image.pixels[:, :, 3] == 1).all():
            return image
        from sfumato_matte.edges import clean_colours, cleared, grown, guided
        from sfumato_matte.layers import alpha_of, rgb_of, with_alpha

        rgb, alpha = rgb_of(image), grown(alpha_of(image), self.params.grow_px)
        work.progress(0.2)
        if self.params.radius_px:
            found = guided(alpha, rgb, self.params.radius_px, self.params.softness, work.recipe.tile)
            alpha = cleared(found, self.params.haze)
        work.progress(0.7)
        return with_alpha(image, clean_colours(rgb, alpha) if self.params.clean_colours else rgb, alpha)
