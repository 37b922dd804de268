"""One picture brought onto the texels that its camera sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sfumato.texturing.arrays import Bools, Floats, Ints
from sfumato.texturing.rasteriser import Frame
from sfumato.texturing.sampling import sample
from sfumato.texturing.surface import Surface
from sfumato.texturing.texels import Texels
from sfumato.texturing.visibility import outline_distance, sight_of

#: Flatter than this a picture says nothing about the surface any more (about 83 degrees).
LEAST_COSINE: Final = 0.12
#: A texel seen straight counts this much more, as a power of the cosine.
ANGLE_POWER: Final = 4
#: So near to an outline, as a share of the picture's height, a picture is not trusted fully.
OUTLINE_SHARE: Final = 1 / 96
#: What a texel right at an outline still counts.
OUTLINE_TRUST: Final = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """What a view says about texels: `texel` (N,), `pixel` (N, 2) of the picture, `trust` (N,) over 0 up to 1."""

    texel: Ints
    pixel: Floats
    trust: Floats
    usable: Bools

    def of(self, chosen: Bools) -> Projection:
        """What it says about some of them."""
        return Projection(
            texel=self.texel[chosen], pixel=self.pixel[chosen], trust=self.trust[chosen], usable=self.usable
        )

    def colours(self, picture: Floats) -> Floats:
        """The picture's (H, W, C) colours of the texels, (N, C); of pixels that lie on the surface alone."""
        return sample(picture, self.pixel, self.usable)[0]


def projection_of(frame: Frame, surface: Surface, texels: Texels) -> Projection:
    """Which texels the view paints, and how much each is to be trusted, by angle and distance from outlines."""
    sight = sight_of(frame, surface, texels, least_cosine=LEAST_COSINE)
    distance = outline_distance(frame, surface)
    usable = frame.mask & (distance > 1)
    # Of fewer than four pixels, the colour would be that of a place beside the texel's.
    away, whole = sample(np.minimum(distance, frame.camera.height_px)[..., None], sight.pixel, usable)
    clear = whole > 0.999
    ramp = (away[:, 0] - 1) / max(frame.camera.height_px * OUTLINE_SHARE, 1)
    trust = sight.cosine**ANGLE_POWER * np.clip(ramp, OUTLINE_TRUST, 1)
    return Projection(
        texel=sight.texel[clear], pixel=sight.pixel[clear], trust=trust[clear].astype(np.float32), usable=usable
    )
