"""A sampler with a memory: what it keeps from one step to the next is in `state`, so that a job can be saved."""

import sfumato.plugin as sf


class AdamsBashforth(sf.Sampler):
    """The two-step Adams-Bashforth method with steps of any length: Hairer et al. 1993, section III.5."""

    id, label, order = "example-sampler.adams-bashforth", "Adams-Bashforth", 2
    description = "Second order for one evaluation per step, by remembering the last slope."

    def step(self, x, sigma, sigma_next, state, noise):
        denoised = yield sf.Evaluate(x, sigma)
        if sigma_next == 0:
            return denoised
        slope, h = (x - denoised) / sigma, sigma_next - sigma
        bent = slope
        if "slope" in state:
            bent = slope + (slope - state["slope"]) * (h / (2 * state["h"]))
        state["slope"], state["h"] = slope, h
        return x + bent * h


@sf.hookimpl
def sfumato_register_samplers(register):
    register(AdamsBashforth)
