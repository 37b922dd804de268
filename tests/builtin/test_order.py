"""Every sampler converges on the mixture: to the exact ODE solution at its claimed order, or in distribution."""

import pytest

from sfumato.builtin.samplers import LCM, SAMPLERS, DPMpp2MSDE, Euler, Heun, UniPC
from sfumato.builtin.schedules import Exponential, Karras
from sfumato.testing.convergence import MIXTURE, RANGE, distance, errors, floor, slope
from sfumato.testing.driving import defaults

SOLVERS = [sampler for sampler in SAMPLERS if sampler is not LCM]
STOCHASTIC = [sampler for sampler in SOLVERS if sampler.stochastic]


@pytest.mark.parametrize("schedule", [Karras(), Exponential()], ids=lambda schedule: schedule.label)
@pytest.mark.parametrize("sampler", SOLVERS, ids=lambda sampler: sampler.id)
def test_a_sampler_without_fresh_noise_has_its_claimed_order(sampler, schedule):
    found = errors(defaults(sampler, eta=0.0), lambda steps: schedule.sigmas(steps, RANGE))
    print(f"{sampler.id:32} order {sampler.order}: {slope(found):5.2f}  {' '.join(f'{e:.1e}' for e in found)}")

    assert slope(found) >= sampler.order - 0.25
    assert found[-1] < 0.02


@pytest.mark.parametrize(
    ("params", "order"),
    [({"order": "3"}, 3), ({"variant": "bh1"}, 3), ({"order": "3", "variant": "bh1"}, 3)],
    ids=str,
)
def test_every_variant_of_unipc_has_third_order_or_better(params, order):
    assert slope(errors(defaults(UniPC, **params))) >= order - 0.25


def test_the_other_solver_of_dpmpp_2m_sde_has_second_order_too():
    assert slope(errors(defaults(DPMpp2MSDE, eta=0.0, solver="heun"))) >= 1.75


@pytest.mark.parametrize("sampler", STOCHASTIC, ids=lambda sampler: sampler.id)
def test_a_stochastic_sampler_converges_in_distribution(sampler):
    coarse, fine = distance(sampler(), 8), distance(sampler(), 128)
    print(f"{sampler.id:32} Wasserstein distance at 8 steps {coarse:.4f}, at 128 {fine:.4f}, floor {floor():.4f}")

    assert fine < 0.5 * coarse
    assert fine < 0.02 + floor()


@pytest.mark.parametrize("sampler", [Euler, Heun], ids=lambda sampler: sampler.id)
def test_churn_leaves_the_distribution_alone(sampler):
    churned = defaults(sampler, s_churn=10.0, s_tmin=0.05, s_tmax=10.0)
    assert distance(churned, 256) < 0.02 + floor()


@pytest.mark.parametrize("steps", [1, 2, 4, 8])
def test_lcm_is_exact_at_any_count_of_steps_given_a_consistency_function(steps):
    """LCM's model predicts the end of the ODE, not the posterior mean; then each step is exact in distribution."""

    def consistency(x, sigma):
        return MIXTURE.transport(x, sigma, 0.0)

    assert distance(LCM(), steps, denoise=consistency) < 0.005 + floor()
