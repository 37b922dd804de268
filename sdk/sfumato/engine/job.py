"""A job in the engine: what it waits for, and with whom it may wait together."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from sfumato.engine.errand import Errand
from sfumato.engine.stages import Aside, Script, Stages
from sfumato.engine.stepper import Request
from sfumato.recipe import Recipe


@dataclass(slots=True, kw_only=True, eq=False)
class Job:
    """One job in the engine.

    `asides`, previews and measurements, go before the script, but the script has a turn between any two of them:
    whoever asks for previews without end does not stop the job.
    """

    id: str
    recipe: Recipe
    priority: int
    number: int
    stages: Stages
    script: Script
    wanted: Request | None = None
    errand: Errand[Any] | None = None
    asides: deque[Aside] = field(default_factory=deque)
    went_aside: bool = False
    started_s: float | None = None
    cancelled: bool = False
    joins: bool = True

    @property
    def urgency(self) -> tuple[int, int]:
        """Sorts the most urgent first."""
        return -self.priority, self.number

    @property
    def shape(self) -> tuple[object, ...]:
        """What jobs have in common if their trajectories may share network calls, as far as recipes tell."""
        return self.recipe.model, self.recipe.width_px, self.recipe.height_px, self.recipe.tile

    @property
    def waits(self) -> bool:
        """Whether there is nothing to do for it before an errand has come back."""
        return self.errand is not None and not self.errand.ready and not self.asides and not self.cancelled

    @property
    def is_new(self) -> bool:
        """Whether the job has yet to come to its first evaluation."""
        return self.wanted is None and not self.stages.live

    @property
    def trajectory_count(self) -> int:
        """How many trajectories wait for an evaluation."""
        return len(self.wanted.trajectories) if self.wanted else 0


def fit(jobs: list[Job], width: int) -> list[Job]:
    """The first job, and as many of the others as fit into a call of `width` trajectories with it.

    A job's own trajectories are never parted: how many are in flight was decided when they started.
    """
    joined, room = jobs[:1], width - jobs[0].trajectory_count
    for job in jobs[1:]:
        if job.trajectory_count <= room:
            joined.append(job)
            room -= job.trajectory_count
    return joined
