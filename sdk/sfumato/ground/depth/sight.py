"""What a picture sees: nearness, normals, and where on its material every pixel lies."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sfumato.ground.materials.fields import Field as Floats

NOTHING = 0.0
FARTHEST = 0.1
"""Nearness is 1 at the nearest place of a picture, FARTHEST at the farthest, NOTHING where there is no surface."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A picture's geometry.

    `nearness` (H, W) as above. `normals` (H, W, 3) are in the picture's axes: right, down, towards the viewer. `places`
    (H, W, 3) are in pixels of the material, in the object's own axes as `facing` (H, W, 3), the normal in them.
    `footprint` (H, W) is how many pixels of the material one of the picture covers.
    """

    nearness: Floats
    normals: Floats
    places: Floats
    facing: Floats
    footprint: Floats

    @property
    def control(self) -> npt.NDArray[np.uint8]:
        """The depth picture (H, W), as a control network is given it: near is white, nothing is black."""
        return np.round(self.nearness * 255).astype(np.uint8)

    def part_of(self, farthest: float, nearest: float) -> Sight:
        """The same sight as a part of a deeper one, whose nearness goes beyond this one's at both ends."""
        span = (self.nearness - FARTHEST) / (1 - FARTHEST)
        found = np.where(self.nearness > 0, farthest + span * (nearest - farthest), NOTHING)
        return replace(self, nearness=found.astype(np.float32))


def relative(nearness: Floats, seen: npt.NDArray[np.bool_]) -> Floats:
    """Any measure of nearness (H, W) over the range that `Sight.nearness` has; NOTHING where nothing is seen."""
    found = np.zeros(nearness.shape, np.float32)
    values = nearness[seen]
    if values.size:
        span = float(np.ptp(values)) or 1.0
        found[seen] = FARTHEST + (1 - FARTHEST) * (values - values.min()) / span
    return found
