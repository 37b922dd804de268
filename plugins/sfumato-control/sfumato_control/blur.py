"""control.blur: a picture out of focus, for tile and blur control nets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sfumato.plugin as sf

if TYPE_CHECKING:
    from sfumato_control.planes import Plane


class BlurParams(sf.Params):
    """How much is left."""

    radius_px: float = sf.Field(8.0, ge=0.1, le=256, display=(0.5, 32), step=0.5, unit="px", label="Radius",
        help="Standard deviation of the Gaussian.")  # fmt: skip


class Blur(sf.Preprocessor):
    """A Gaussian."""

    id, label = "control.blur", "Blur"
    description = "The picture out of focus."
    Params = BlurParams

    def map(self, image: sf.Image, work: sf.Work) -> sf.Image:
        """The blurred picture (H, W, 3)."""
        from sfumato_control.planes import map_of, rgb_of, seamlessly

        margin_px = int(4 * self.params.radius_px) + 1
        return map_of(seamlessly(rgb_of(image), work.recipe.tile, margin_px, self._blurred), name="blur")

    def _blurred(self, rgb: Plane) -> Plane:
        import cv2
        import numpy as np

        blurred: Plane = cv2.GaussianBlur(rgb, (0, 0), self.params.radius_px).astype(np.float32)
        return blurred
