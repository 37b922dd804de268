"""DPM-Solver++ for the diffusion SDE, in lambda = -log(sigma) with h = lambda_next - lambda.

`eta` scales the noise of the SDE; at 0 each of them is an ODE solver of its order.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import sfumato.plugin as sf
from sfumato.builtin.samplers import ancestral
from sfumato.builtin.samplers.history import past, remember

if TYPE_CHECKING:
    import torch


class DPMppSDEParams(ancestral.EtaParams):
    """Noise, and where the second evaluation is."""

    r: float = sf.Field(0.5, ge=0.05, le=1, step=0.05, label="Midpoint",
        help="Where in the step the second evaluation is, as a share of its log-sigma length.")  # fmt: skip


class DPMppSDE(sf.Sampler):
    """DPM-Solver++(2S) with ancestral splits in both stages: k-diffusion's `sample_dpmpp_sde`.

    Both noises come from one Brownian motion W in sigma: (W(s) - W(sigma)) / sqrt(sigma - s) at the midpoint s,
    and the same to sigma_next. We draw its independent increments, unit normals z_1 and z_2 over sigma..s and
    s..sigma_next, so that the second noise is sqrt(c) z_1 + sqrt(1 - c) z_2, c = (sigma - s) / (sigma - sigma_next).
    """

    id, label, order = "sfumato.dpmpp-sde", "DPM++ SDE", 2
    description = "Second order with fresh noise, two evaluations per step. Rich detail at few steps."
    stochastic, neutral = True, ancestral.NEUTRAL
    evaluations_per_step = 2
    Params = DPMppSDEParams

    def step(self, x: torch.Tensor, sigma: float, sigma_next: float, state: sf.State, noise: sf.Noise) -> sf.Steps:
        """Two ancestral stages; Euler to 0."""
        eta, s_noise, r = self.params.eta, self.params.s_noise, self.params.r
        denoised = yield sf.Evaluate(x, sigma)
        if sigma_next == 0:
            return denoised
        s = sigma ** (1 - r) * sigma_next**r
        sigma_down, sigma_up = ancestral.split(sigma, s, eta)
        x_2, z_1 = denoised.lerp(x, sigma_down / sigma), None
        if sigma_up:
            z_1 = noise()
            x_2 = x_2.add(z_1, alpha=s_noise * sigma_up)
        denoised_2 = yield sf.Evaluate(x_2, s)
        sigma_down, sigma_up = ancestral.split(sigma, sigma_next, eta)
        x = denoised.lerp(denoised_2, 1 / (2 * r)).lerp(x, sigma_down / sigma)
        if z_1 is None:
            return x
        c = (sigma - s) / (sigma - sigma_next)
        z = z_1 * math.sqrt(c) + noise() * math.sqrt(1 - c)
        return x.add(z, alpha=s_noise * sigma_up)


class DPMpp2MSDEParams(ancestral.EtaParams):
    """Noise, and how the second order is reached."""

    solver: Literal["midpoint", "heun"] = sf.Field("midpoint", label="Second order",
        choices={"midpoint": "Midpoint", "heun": "Heun"},
        help="How the change of the prediction within a step is weighed.")  # fmt: skip


class DPMpp2MSDE(sf.Sampler):
    """SDE-DPM-Solver++(2M): Lu et al. 2022 (arXiv 2211.01095), section 6, with k-diffusion's eta.

    First-order first and last steps.
    """

    id, label, order = "sfumato.dpmpp-2m-sde", "DPM++ 2M SDE", 2
    description = "DPM++ 2M with fresh noise, one evaluation per step. Detailed, with a little more variety."
    stochastic, neutral = True, ancestral.NEUTRAL
    Params = DPMpp2MSDEParams

    def step(self, x: torch.Tensor, sigma: float, sigma_next: float, state: sf.State, noise: sf.Noise) -> sf.Steps:
        """With h_eta = (1 + eta) h: x' = e^-h_eta x + (1 - e^-h_eta) D + weight * (D - D_1) / r + noise."""
        denoised = yield sf.Evaluate(x, sigma)
        rows = past(state)
        remember(state, [(sigma, denoised)])
        if sigma_next == 0:
            return denoised
        h = math.log(sigma / sigma_next)
        h_eta = (1 + self.params.eta) * h
        x = denoised.lerp(x, math.exp(-h_eta))
        if rows:
            sigma_1, denoised_1 = rows[0]
            r = math.log(sigma_1 / sigma) / h
            share = -math.expm1(-h_eta)
            weight = share / 2 if self.params.solver == "midpoint" else 1 - share / h_eta
            x = x.add(denoised - denoised_1, alpha=weight / r)
        return _add_noise(x, sigma_next, h, noise, self.params)


class DPMpp3MSDE(sf.Sampler):
    """SDE-DPM-Solver++(3M): Lu et al. 2022 (arXiv 2211.01095), appendix B, with k-diffusion's eta.

    The integral of e^(u - h_eta) against m + d_1 (u / h_eta) + d_2 (u / h_eta)^2 gives the weights
    phi_2 = 1 + (e^-h_eta - 1) / h_eta and -2 phi_3, phi_3 = phi_2 / h_eta - 1/2. k-diffusion and diffusers weigh
    d_2 by half of that, which leaves them at second order; here it is third.
    """

    id, label, order = "sfumato.dpmpp-3m-sde", "DPM++ 3M SDE", 3
    description = "Third order with fresh noise, one evaluation per step. For 25 steps and more."
    stochastic, neutral = True, ancestral.NEUTRAL
    Params = ancestral.EtaParams

    def step(self, x: torch.Tensor, sigma: float, sigma_next: float, state: sf.State, noise: sf.Noise) -> sf.Steps:
        """A step of the order that the history allows; first order to 0."""
        denoised = yield sf.Evaluate(x, sigma)
        rows = [(sigma, denoised), *past(state)][:3]
        remember(state, rows[:2])
        if sigma_next == 0:
            return denoised
        h = math.log(sigma / sigma_next)
        h_eta = (1 + self.params.eta) * h
        phi_2 = 1 + math.expm1(-h_eta) / h_eta
        x = denoised.lerp(x, math.exp(-h_eta))
        if len(rows) > 1:
            (_, m_0), (sigma_1, m_1) = rows[:2]
            r_0 = math.log(sigma_1 / sigma) / h
            d_1 = (m_0 - m_1) / r_0
            if len(rows) > 2:
                sigma_2, m_2 = rows[2]
                r_1 = math.log(sigma_2 / sigma_1) / h
                d_2 = (d_1 - (m_1 - m_2) / r_1) / (r_0 + r_1)
                d_1 = d_1 + r_0 * d_2
                x = x.add(d_2, alpha=1 - 2 * phi_2 / h_eta)
            x = x.add(d_1, alpha=phi_2)
        return _add_noise(x, sigma_next, h, noise, self.params)


def _add_noise(
    x: torch.Tensor, sigma_next: float, h: float, noise: sf.Noise, params: ancestral.EtaParams
) -> torch.Tensor:
    if params.eta == 0:
        return x
    return x.add(noise(), alpha=params.s_noise * sigma_next * math.sqrt(-math.expm1(-2 * params.eta * h)))
