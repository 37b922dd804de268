"""The ancestral split of a step: go down too far without noise, then come up again with fresh noise."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Final

import sfumato.plugin as sf

#: Where the samplers with fresh noise have none.
NEUTRAL: Final = MappingProxyType({"eta": 0.0})


class EtaParams(sf.Params):
    """How much of a step's noise is fresh."""

    eta: float = sf.Field(1.0, ge=0, le=2, display=(0, 1), step=0.05, label="Eta", group="Noise",
        help="Share of fresh noise per step; 0 is deterministic.")  # fmt: skip
    s_noise: float = sf.Field(1.0, ge=0, le=10, display=(0.9, 1.1), step=0.005, label="Noise scale", group="Noise",
        depends_on="eta", help="Standard deviation of the fresh noise.")  # fmt: skip


def split(sigma: float, sigma_next: float, eta: float) -> tuple[float, float]:
    """(sigma_down, sigma_up) with sigma_down^2 + sigma_up^2 = sigma_next^2.

    At eta = 1 sigma_up is the posterior's standard deviation: Song et al. 2021 (arXiv 2011.13456), eq. 47.
    """
    sigma_up = min(sigma_next, eta * sigma_next * math.sqrt(1 - (sigma_next / sigma) ** 2))
    return math.sqrt(sigma_next**2 - sigma_up**2), sigma_up
