"""Who is told what becomes of a job that the worker has."""

from __future__ import annotations

from typing import Any, Protocol

from sfumato.daemon.job_record import JobState
from sfumato.daemon.live_job import LiveJob
from sfumato.errors import SfumatoError


class Chronicle(Protocol):
    """The journal for most jobs, the client's stream for a frame of live painting."""

    def note(self, job: LiveJob, header: dict[str, Any], body: bytes) -> None:
        """A frame of the worker that needs no disk: started, stage, step, progress or image."""
        ...

    async def record(self, job: LiveJob, header: dict[str, Any], body: bytes) -> None:
        """A frame that may need the disk: checkpoint or ended."""
        ...

    def interrupted(self, job: LiveJob, description: str, *, crashed: bool = False) -> None:
        """The job waits again; `crashed` if the worker died under it."""
        ...

    async def end(
        self, job: LiveJob, state: JobState, error: SfumatoError | None = None, elapsed_s: float = 0.0
    ) -> None:
        """The job has ended."""
        ...
