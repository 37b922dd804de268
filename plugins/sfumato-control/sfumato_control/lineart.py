"""control.lineart: lines as a pen would draw them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sfumato.plugin as sf

if TYPE_CHECKING:
    from sfumato_control.planes import Plane


class LineartParams(sf.Params):
    """The pen."""

    width_px: float = sf.Field(1.0, ge=0.3, le=20, display=(0.3, 5), step=0.1, unit="px", label="Line width",
        help="Radius of the Gaussian whose edges become lines.")  # fmt: skip
    sensitivity: float = sf.Field(0.5, ge=0, le=1, step=0.05, label="Sensitivity",
        help="How faint an edge may be to become a line.")  # fmt: skip
    crispness: float = sf.Field(0.7, ge=0, le=1, step=0.05, label="Crispness",
        help="From soft pencil (0) to hard ink (1).")  # fmt: skip
    invert: bool = sf.Field(False, label="Black on white",
        help="For looking at; control nets want white lines on black.")  # fmt: skip


class Lineart(sf.Preprocessor):
    """Winnemoeller et al. 2012, XDoG: an extended difference of Gaussians, eq. 4 and 7."""

    id, label = "control.lineart", "Line art"
    description = "Soft white lines on black, along edges and creases."
    Params = LineartParams

    def map(self, image: sf.Image, work: sf.Work) -> sf.Image:
        """The lines (H, W, 1)."""
        from sfumato_control.planes import grey_of, map_of, seamlessly

        margin_px = round(8 * self.params.width_px) + 2
        lines = seamlessly(grey_of(image), work.recipe.tile, margin_px, self._lines)
        return map_of(1 - lines if self.params.invert else lines, name="lineart")

    def _lines(self, grey: Plane) -> Plane:
        import cv2
        import numpy as np

        narrow, wide = (cv2.GaussianBlur(grey, (0, 0), self.params.width_px * ratio) for ratio in (1.0, 1.6))
        threshold = 0.06 * (1 - self.params.sensitivity)
        steepness = 10 * 40**self.params.crispness
        # Dark of the two sides of an edge: below its surroundings by more than the threshold.
        depth = (wide - narrow) - threshold
        lines: Plane = np.tanh(steepness * np.maximum(depth, 0)).astype(np.float32)
        return lines
