"""How long a worker may say nothing before it counts as hung."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final

#: So many times the slowest step seen so far; and never less than the floor, since loading a model takes minutes.
_STEPS: Final = 20
#: Of so many steps the middle one tells what a step takes now.
_RECENT: Final = 32


class Patience:
    """Measures the steps of one worker's life.

    Frames called `alive` do not count: they prove a process, not progress.
    """

    def __init__(self, floor_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._floor_s = floor_s
        self._clock = clock
        self._last_frame_s = clock()
        self._last_step_s: float | None = None
        self._slowest_step_s = 0.0
        self._steps_s: deque[float] = deque(maxlen=_RECENT)

    @property
    def median_step_s(self) -> float:
        """The middle one of the last steps' times; 0 before the second step."""
        return sorted(self._steps_s)[len(self._steps_s) // 2] if self._steps_s else 0.0

    @property
    def limit_s(self) -> float:
        """The longest silence that is still borne."""
        return max(self._floor_s, _STEPS * self._slowest_step_s)

    @property
    def exhausted(self) -> bool:
        """Whether the worker has been silent for longer than that."""
        return self._clock() - self._last_frame_s > self.limit_s

    def begin(self) -> None:
        """The worker was idle and has got something to do."""
        self._last_frame_s = self._clock()

    def saw(self, op: str) -> None:
        """A frame came."""
        if op == "alive":
            return
        self._last_frame_s = self._clock()
        if op != "step":
            self._last_step_s = None
            return
        if self._last_step_s is not None:
            step_s = self._last_frame_s - self._last_step_s
            self._steps_s.append(step_s)
            self._slowest_step_s = max(self._slowest_step_s, step_s)
        self._last_step_s = self._last_frame_s
