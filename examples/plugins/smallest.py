import sfumato.plugin as sf


class Euler(sf.Sampler):
    id, label, order = "smallest.euler", "Euler, the smallest", 1
    description = "The smallest plugin that there can be."

    def step(self, x, sigma, sigma_next, state, noise):
        denoised = yield sf.Evaluate(x, sigma)
        return x + (x - denoised) / sigma * (sigma_next - sigma)


sfumato_register_samplers = sf.hookimpl(lambda register: register(Euler))
