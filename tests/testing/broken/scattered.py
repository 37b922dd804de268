"""A plugin whose ids stand in several namespaces."""

import sfumato.plugin as sf


class Euler(sf.Sampler):
    id, label, order = "one.euler", "Euler", 1

    def step(self, x, sigma, sigma_next, state, noise):
        return (yield sf.Evaluate(x, sigma))


class Same(Euler):
    id = "two.euler"


@sf.hookimpl
def sfumato_register_samplers(register):
    register(Euler)
    register(Same)
