"""A schedule: noise levels within the model's range, falling, and 0 at the end."""

import math

import sfumato.plugin as sf


class Cosine(sf.Schedule):
    """Even steps of the angle whose tangent is sigma: Nichol and Dhariwal 2021, section 3.2, in our convention."""

    id, label = "example-schedule.cosine", "Cosine"
    description = "As much time for composition as for detail."

    class Params(sf.Params):
        power: float = sf.Field(1.0, ge=0.5, le=2, step=0.05, help="Above 1, more steps at the high noise levels.")

    def sigmas(self, steps, model):
        high, low = math.atan(model.sigma_max), math.atan(model.sigma_min)
        shares = [(i / max(steps - 1, 1)) ** self.params.power for i in range(steps)]
        levels = [math.tan(high + share * (low - high)) for share in shares]
        return [*(min(max(level, model.sigma_min), model.sigma_max) for level in levels), 0.0]


@sf.hookimpl
def sfumato_register_schedules(register):
    register(Cosine)
