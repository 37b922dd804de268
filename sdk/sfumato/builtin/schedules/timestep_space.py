"""Schedules that space the model's timesteps, and with them follow the noise levels of its training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sfumato.plugin as sf

if TYPE_CHECKING:
    from collections.abc import Sequence


class SGMUniform(sf.Schedule):
    """Even timesteps from the highest, the lowest left out: Stability's `sgm`, `LegacyDDPMDiscretization`."""

    id, label = "sfumato.sgm-uniform", "SGM uniform"
    description = "Even timesteps from full noise. Made for SDXL, Turbo and Lightning models."

    def sigmas(self, steps: int, model: sf.ModelSigmas) -> Sequence[float]:
        """The levels of timesteps T (1 - i / n), T the highest, then 0."""
        highest = len(model.sigmas) - 1
        return [*(model.sigma(highest * (1 - i / steps)) for i in range(steps)), 0.0]


class Simple(sf.Schedule):
    """Every (N / n)-th of the N trained levels, from the highest: ComfyUI's `simple`."""

    id, label = "sfumato.simple", "Simple"
    description = "Evenly picked from the levels that the model was trained on."

    def sigmas(self, steps: int, model: sf.ModelSigmas) -> Sequence[float]:
        """Trained levels, then 0. Raises ValueError where the model has fewer of them than steps."""
        trained = len(model.sigmas)
        if steps > trained:
            raise ValueError(f"{steps} steps, but the model was trained on {trained} noise levels; ask for fewer")
        return [*(model.sigmas[-1 - i * trained // steps] for i in range(steps)), 0.0]


class BetaParams(sf.Params):
    """The shape of the distribution. Lower than 0.25, the many steps at an end could not be told apart."""

    alpha: float = sf.Field(0.6, ge=0.25, le=5, step=0.05, label="Alpha",
        help="Below 1 puts more steps at the low noise levels, above 1 fewer.")  # fmt: skip
    beta: float = sf.Field(0.6, ge=0.25, le=5, step=0.05, label="Beta",
        help="Below 1 puts more steps at the high noise levels, above 1 fewer.")  # fmt: skip


class Beta(sf.Schedule):
    """Lee et al. 2024 (arXiv 2407.12173): timesteps at even quantiles of a beta distribution."""

    id, label = "sfumato.beta", "Beta"
    description = "More steps at both ends, where structure and fine detail are decided."
    Params = BetaParams

    def sigmas(self, steps: int, model: sf.ModelSigmas) -> Sequence[float]:
        """The levels of timesteps T * ppf(1 - i / n), T the highest, then 0."""
        from scipy.stats import beta

        quantiles = beta.ppf([1 - i / steps for i in range(steps)], self.params.alpha, self.params.beta)
        highest = len(model.sigmas) - 1
        return [*(model.sigma(highest * float(quantile)) for quantile in quantiles), 0.0]
