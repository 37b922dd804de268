"""Schedules: which noise levels a trajectory visits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfumato.plugin._contribution import Contribution

if TYPE_CHECKING:
    from sfumato.plugin._family import ModelSigmas


class Schedule(Contribution):
    """Base of all schedules. [engine thread]"""

    kind = "schedule"
    capability = "sfumato.schedule/1"

    def sigmas(self, steps: int, model: ModelSigmas) -> Sequence[float]:
        """`steps` falling noise levels within the model's range, then 0: `steps + 1` numbers."""
        raise NotImplementedError
