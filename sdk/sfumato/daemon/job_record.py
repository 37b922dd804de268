"""What the journal keeps of a job, and how it travels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sfumato import wire
from sfumato.errors import SfumatoError
from sfumato.recipe import Recipe
from sfumato.v1 import jobs_pb2

Artifact = jobs_pb2.Artifact
JobState = jobs_pb2.JobState

QUEUED: Final = jobs_pb2.JOB_STATE_QUEUED
RUNNING: Final = jobs_pb2.JOB_STATE_RUNNING
SUCCEEDED: Final = jobs_pb2.JOB_STATE_SUCCEEDED
FAILED: Final = jobs_pb2.JOB_STATE_FAILED
CANCELLED: Final = jobs_pb2.JOB_STATE_CANCELLED


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """One job as it stands. `inputs` are the sha256 ids of the assets that its recipe names; times are UNIX ns.

    `request_digest` fingerprints what the client asked for, `recipe` is what it became. `sequence` is the order
    of acceptance. `cancelling` says that somebody cancelled it and the worker has not yet let go of it.
    """

    id: str
    request_id: str
    request_digest: str
    recipe: Recipe
    inputs: tuple[str, ...]
    priority: int
    create_ns: int
    sequence: int = 0
    state: JobState = QUEUED
    end_ns: int = 0
    crash_count: int = 0
    cancelling: bool = False
    error: SfumatoError | None = None
    artifacts: tuple[Artifact, ...] = ()
    last_event: int = 0

    @property
    def ended(self) -> bool:
        """Whether it has reached its last state."""
        return self.state not in (QUEUED, RUNNING)

    @property
    def missing(self) -> list[int]:
        """The images that are not there yet; the layers of one come before it."""
        there = {artifact.image_index for artifact in self.artifacts if artifact.layer_index == 0}
        return [index for index in range(self.recipe.count) if index not in there]

    def to_message(self) -> jobs_pb2.Job:
        """The job as a client sees it."""
        message = jobs_pb2.Job(
            id=self.id,
            state=self.state,
            recipe=wire.recipe_to_message(self.recipe),
            recipe_digest=self.recipe.digest,
            priority=self.priority,
            artifacts=self.artifacts,
            error=wire.status_of(self.error) if self.error else None,
            last_event=self.last_event,
            crash_count=self.crash_count,
        )
        message.create_time.FromNanoseconds(self.create_ns)
        if self.end_ns:
            message.end_time.FromNanoseconds(self.end_ns)
        return message
