"""control.canny: thin outlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sfumato.plugin as sf

if TYPE_CHECKING:
    from sfumato_control.planes import Plane


class CannyParams(sf.Params):
    """Which edges count."""

    low: int = sf.Field(100, ge=0, le=2000, display=(0, 255), step=1, label="Weak edges",
        help="Edges above this gradient count where they touch strong ones.")  # fmt: skip
    high: int = sf.Field(200, ge=0, le=2000, display=(0, 255), step=1, label="Strong edges",
        help="Edges above this gradient always count.")  # fmt: skip
    blur_px: float = sf.Field(0.0, ge=0, le=20, display=(0, 5), step=0.1, unit="px", label="Smooth first",
        help="Radius of a Gaussian that removes grain beforehand.")  # fmt: skip


class Canny(sf.Preprocessor):
    """Canny 1986, as OpenCV does it: white on black, one pixel wide."""

    id, label = "control.canny", "Canny edges"
    description = "Thin white outlines on black."
    Params = CannyParams

    def map(self, image: sf.Image, work: sf.Work) -> sf.Image:
        """The edges (H, W, 1), 0 or 1."""
        from sfumato_control.planes import grey_of, map_of, seamlessly

        margin_px = 64 + round(3 * self.params.blur_px)  # weak edges hang on strong ones from afar
        return map_of(seamlessly(grey_of(image), work.recipe.tile, margin_px, self._edges), name="canny")

    def _edges(self, grey: Plane) -> Plane:
        import cv2
        import numpy as np

        from sfumato_control.planes import bytes_of

        if self.params.blur_px:
            grey = cv2.GaussianBlur(grey, (0, 0), self.params.blur_px).astype(np.float32)
        found = cv2.Canny(bytes_of(grey), self.params.low, self.params.high)
        return found.astype(np.float32) / np.float32(255)
