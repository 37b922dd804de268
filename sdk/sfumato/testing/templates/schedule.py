"""A schedule: which noise levels an image visits."""

from __future__ import annotations

from collections.abc import Sequence

import sfumato.plugin as sf


class BentParams(sf.Params):
    """What an artist can set."""

    bend: float = sf.Field(1.5, ge=0.5, le=4, step=0.1, label="Bend",
        help="1 divides the noise by the same factor in every step; more lingers at the high levels.")  # fmt: skip


class Bent(sf.Schedule):
    """Levels whose logarithm falls as (i / n)^bend from the model's highest to its lowest."""

    id, label = "template-plugin.bent", "Bent"
    description = "Lingers where the composition is decided."
    Params = BentParams

    def sigmas(self, steps: int, model: sf.ModelSigmas) -> Sequence[float]:
        """`steps` falling levels within the model's range, then 0."""
        ratio = model.sigma_min / model.sigma_max
        shares = [(i / max(steps - 1, 1)) ** self.params.bend for i in range(steps)]
        levels = [model.sigma_max * ratio**share for share in shares]
        return [*(min(max(level, model.sigma_min), model.sigma_max) for level in levels), 0.0]


@sf.hookimpl
def sfumato_register_schedules(register: sf.Register) -> None:
    """Called once, when Sfumato looks for plugins."""
    register(Bent)
