"""Checks that a sampler arrives where it should: on a Gaussian mixture whose solution is known in closed form."""

from __future__ import annotations

from sfumato.testing.check import check
from sfumato.testing.checks.sampler import kind_of
from sfumato.testing.convergence import MIXTURE, STEPS, TOLERANCE, distance, errors, floor, slope
from sfumato.testing.outcome import Skipped, require
from sfumato.testing.subject import Subject

_COARSE, _FINE = 8, 128
#: The same for models that are distilled to few steps.
_DISTILLED = 1, 4
#: How far from the data's distribution many steps may end, beyond what 4096 exact draws are away from it.
_NEAR = 0.02


@check("sampler")
def converges_at_its_order(subject: Subject) -> dict[str, float]:
    """Without fresh noise, the error against the exact solution of the ODE falls at the order that it claims."""
    kind = kind_of(subject)
    if kind.distilled:
        raise Skipped("takes the prediction for the end of the way, so that there is no order to measure")
    if kind.stochastic and kind.neutral is None:
        raise Skipped("always draws noise; if parameters turn it off, name them in `neutral`, such as {'eta': 0.0}")
    found = errors(subject.make(**(kind.neutral or {})))
    order = slope(found)
    rows = ", ".join(f"{error:.1e} at {steps}" for steps, error in zip(STEPS, found, strict=True))
    said = f"claims order {kind.order}, measured {order:.2f} on the Gaussian mixture (mean error {rows} steps)"
    require(order >= kind.order - TOLERANCE, said)
    require(found[-1] < _NEAR, f"ends away from the solution: mean error {rows} steps")
    return {"claimed_order": kind.order, "measured_order": round(order, 2)}


@check("sampler")
def reaches_the_distribution(subject: Subject) -> dict[str, float]:
    """The more steps, the closer the samples' distribution is to the data's (1-Wasserstein)."""
    kind = kind_of(subject)
    denoise = (lambda x, sigma: MIXTURE.transport(x, sigma, 0.0)) if kind.distilled else MIXTURE.denoise
    few, many = _DISTILLED if kind.distilled else (_COARSE, _FINE)
    coarse, fine = (distance(subject.make(), steps, denoise=denoise) for steps in (few, many))
    said = f"its samples are {coarse:.3f} from the data at {few} steps and {fine:.3f} at {many}"
    require(fine < _NEAR + floor(), f"{said}, expected {_NEAR + floor():.3f} or less")
    return {f"distance_at_{few}": round(coarse, 4), f"distance_at_{many}": round(fine, 4)}
