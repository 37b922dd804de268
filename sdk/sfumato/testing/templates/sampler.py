"""A sampler: how an image goes from one noise level to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sfumato.plugin as sf

if TYPE_CHECKING:
    import torch


class MidpointParams(sf.Params):
    """What an artist can set."""

    place: float = sf.Field(0.5, ge=0.1, le=0.9, step=0.05, label="Place",
        help="Where in the step the second look is taken, as a share of its length.")  # fmt: skip


class Midpoint(sf.Sampler):
    """Runge-Kutta methods of two stages: Butcher 2016, Numerical Methods for ODEs, section 232, eq. (232f).

    At `place` = 1/2 it is the midpoint method.
    """

    id, label, order = "template-plugin.midpoint", "Midpoint", 2
    description = "Looks at the middle of every step. Second order, two evaluations per step."
    evaluations_per_step = 2
    Params = MidpointParams

    def step(self, x: torch.Tensor, sigma: float, sigma_next: float, state: sf.State, noise: sf.Noise) -> sf.Steps:
        """The next x = x + h ((1 - 1 / 2c) k_1 + k_2 / 2c), k_2 the slope at c h; the prediction itself at 0."""
        denoised = yield sf.Evaluate(x, sigma)
        if sigma_next == 0:
            return denoised
        h, c = sigma_next - sigma, self.params.place
        k_1 = (x - denoised) / sigma
        x_2, sigma_2 = x + k_1 * (c * h), sigma + c * h
        denoised = yield sf.Evaluate(x_2, sigma_2)
        k_2 = (x_2 - denoised) / sigma_2
        slope = k_1.lerp(k_2, 1 / (2 * c))
        return x + h * slope


@sf.hookimpl
def sfumato_register_samplers(register: sf.Register) -> None:
    """Called once, when Sfumato looks for plugins."""
    register(Midpoint)
