"""Schedules that space the noise levels themselves, over the model's whole range."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sfumato.plugin as sf

if TYPE_CHECKING:
    from collections.abc import Sequence


class KarrasParams(sf.Params):
    """The shape of the curve."""

    rho: float = sf.Field(7.0, ge=1, le=100, display=(1, 15), step=0.5, label="Rho",
        help="1 spaces sigma evenly; more puts more steps at the low levels.")  # fmt: skip


class Karras(sf.Schedule):
    """Karras et al. 2022 (arXiv 2206.00364), eq. 5."""

    id, label = "sfumato.karras", "Karras"
    description = "More steps at low noise levels, for fine detail."
    Params = KarrasParams

    def sigmas(self, steps: int, model: sf.ModelSigmas) -> Sequence[float]:
        """(sigma_max^(1/rho) + i / (n - 1) * (sigma_min^(1/rho) - sigma_max^(1/rho)))^rho, then 0."""
        rho = self.params.rho
        high, low = model.sigma_max ** (1 / rho), model.sigma_min ** (1 / rho)
        return _within(model, [(high + share * (low - high)) ** rho for share in _ramp(steps)])


class Exponential(sf.Schedule):
    """Even steps in log(sigma): k-diffusion's `get_sigmas_exponential`, Karras' eq. 5 for rho to infinity."""

    id, label = "sfumato.exponential", "Exponential"
    description = "Every step divides the noise level by the same factor."

    def sigmas(self, steps: int, model: sf.ModelSigmas) -> Sequence[float]:
        """sigma_max * (sigma_min / sigma_max)^(i / (n - 1)), then 0."""
        ratio = model.sigma_min / model.sigma_max
        return _within(model, [model.sigma_max * ratio**share for share in _ramp(steps)])


def _ramp(steps: int) -> list[float]:
    return [i / max(steps - 1, 1) for i in range(steps)]


def _within(model: sf.ModelSigmas, sigmas: list[float]) -> list[float]:
    # Rounding may leave the range by an ulp, where a network has no timestep.
    return [*(min(max(sigma, model.sigma_min), model.sigma_max) for sigma in sigmas), 0.0]
