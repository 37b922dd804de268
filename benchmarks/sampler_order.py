"""The order of every built-in sampler, measured on a Gaussian mixture whose solution is known exactly.

Deterministic error is the mean distance from the exact probability-flow ODE between sigma 20 and 0.05 on Karras'
schedule, without fresh noise; its slope over doublings of the steps is the order. Stochastic error is the
1-Wasserstein distance of 4096 samples from the mixture.
"""

from __future__ import annotations

from typing import Any

import sfumato.plugin as sf
from benchmarks import report
from sfumato.builtin.samplers import LCM, SAMPLERS
from sfumato.testing import convergence
from sfumato.testing.driving import defaults

DISTANCE_STEPS = (8, 16, 32, 64, 128)


def measure(sampler: type[sf.Sampler]) -> dict[str, Any]:
    """Claimed and measured order with the errors behind it, and the distances if it is stochastic."""
    figures: dict[str, Any] = {"evaluations_per_step": sampler.evaluations_per_step}
    if sampler is not LCM:
        found = convergence.errors(defaults(sampler, eta=0.0))
        figures["claimed_order"] = sampler.order
        figures["measured_order"] = round(convergence.slope(found), 2)
        figures["error_by_steps"] = dict(zip(map(str, convergence.STEPS), map(_short, found), strict=True))
    if sampler.stochastic:
        denoise = consistency if sampler is LCM else convergence.MIXTURE.denoise
        distances = {str(n): convergence.distance(sampler(), n, denoise=denoise) for n in DISTANCE_STEPS}
        figures["distance_by_steps"] = {steps: _short(value) for steps, value in distances.items()}
    return figures


def consistency(x: Any, sigma: float) -> Any:
    """What a perfectly distilled model returns, for LCM: the end of the ODE."""
    return convergence.MIXTURE.transport(x, sigma, 0.0)


def _short(value: float) -> float:
    return float(f"{value:.2e}")


def main() -> None:
    """Measure every sampler, and the distance that exact draws have."""
    figures: dict[str, Any] = {sampler.id: measure(sampler) for sampler in SAMPLERS}
    report.write("sampler_order", {"distance_of_exact_draws": _short(convergence.floor()), "samplers": figures})


if __name__ == "__main__":
    main()
