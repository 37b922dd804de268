"""Align Your Steps: noise levels that were optimised for a model family."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import sfumato.plugin as sf

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Sabour et al. 2024, the published levels of ten steps, by architecture.
TABLES = {
    "sd1": (14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029),
    "sdxl": (14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029),
    "svd": (700.0, 54.5, 15.886, 7.977, 4.248, 1.789, 0.981, 0.403, 0.173, 0.034, 0.002),
}


class AYS(sf.Schedule):
    """Sabour et al. 2024 (arXiv 2404.14507). Other step counts interpolate log(sigma), as its authors advise.

    The table is stretched in log(sigma) to the model's range, by less than 1e-2 for the models that it was made
    for. An architecture without a table of its own gets that of Stable Diffusion 1.
    """

    id, label = "sfumato.ays", "Align Your Steps"
    description = "Optimised for few steps: 10 look like 20 of most other schedules."

    def sigmas(self, steps: int, model: sf.ModelSigmas) -> Sequence[float]:
        """`steps` levels of the interpolated table, whose last one makes room for 0."""
        logs = [math.log(sigma) for sigma in TABLES.get(model.architecture, TABLES["sd1"])]
        low, high = math.log(model.sigma_min), math.log(model.sigma_max)
        stretch = (high - low) / (logs[0] - logs[-1])
        levels = [_interpolate(logs, i / steps * (len(logs) - 1)) for i in range(steps)]
        return [model.sigma_max, *(math.exp(low + (level - logs[-1]) * stretch) for level in levels[1:]), 0.0]


def _interpolate(values: Sequence[float], position: float) -> float:
    below = min(int(position), len(values) - 2)
    return values[below] + (position - below) * (values[below + 1] - values[below])
