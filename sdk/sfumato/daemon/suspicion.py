"""Which jobs may have killed the worker, so that those that merely stood beside do not pay for it."""

from __future__ import annotations

from typing import Final

#: A job under which the worker died so often has failed.
MOST_CRASHES: Final = 3

_NOWHERE: Final = (-1, 0)


class Suspicion:
    """A job under which the worker died runs alone until it has come further than it was when the worker died.

    After a second death it stays alone to its end, so the death that fails it is one that it caused by itself.
    """

    def __init__(self) -> None:
        self._reached: dict[str, tuple[int, int]] = {}
        self._suspects: dict[str, tuple[int, int]] = {}
        self._convicts: set[str] = set()

    def blame(self, job_id: str, crash_count: int) -> None:
        """The worker died under this job, for the `crash_count`th time."""
        self._suspects[job_id] = self._reached.pop(job_id, _NOWHERE)
        if crash_count > 1:
            self._convicts.add(job_id)

    def reached(self, job_id: str, image_index: int, step_index: int) -> bool:
        """The job took a step; true if that clears it."""
        place = max((image_index, step_index), self._reached.get(job_id, _NOWHERE))
        self._reached[job_id] = place
        cleared = job_id in self._suspects and job_id not in self._convicts and place > self._suspects[job_id]
        if cleared:
            del self._suspects[job_id]
        return cleared

    def weighs_on(self, job_id: str) -> bool:
        """Whether the job has to run alone."""
        return job_id in self._suspects

    def forget(self, job_id: str) -> None:
        """The job has ended."""
        self._reached.pop(job_id, None)
        self._suspects.pop(job_id, None)
        self._convicts.discard(job_id)
