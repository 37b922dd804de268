"""The overseer: reads the worker's black box while it works, and tells which plugin hangs or eats the memory.

It sits in the front, because a hook that never lets go of the interpreter's lock stops every thread of the worker.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sfumato import black_box
from sfumato.black_box import ENGINE_LANE, Running

#: A hook may take so many times what a step takes at the median.
_STEPS: Final = 20
#: An import may take so many times what a hook may: it reads files, on disks that may be slow.
_IMPORT: Final = 4
#: Where nobody looked for longer, the machine slept or was stopped, and the worker with it.
_LONGEST_BLINK_S: Final = 2.0
#: Hooks that load, encode or compute whole pictures; all others are a small part of one step.
_LENGTHY: Final = frozenset(
    {"load", "describe", "prepare", "evaluate", "encode_prompt", "encode_image", "decode_latents", "map", "process"}
)
_CGROUP_LIMIT: Final = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a plugin's hook may take: seconds without a sign of life, and bytes that the worker grows by meanwhile.

    `memory_bytes` of 0 is half of the machine's memory.
    """

    hook_s: float = 30.0
    lengthy_hook_s: float = 600.0
    memory_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A hook that went too far, and how. `is_deadly` if only the worker's end can stop it."""

    running: Running
    said: str
    is_deadly: bool = True


@dataclass(slots=True, kw_only=True)
class _Seen:
    number: int
    since_s: float
    grown_from_bytes: int
    is_told: bool = False


@dataclass(slots=True)
class Overseer:
    """Looks at one worker after the other."""

    path: Path
    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], float] = time.monotonic
    _seen: dict[int, _Seen] = field(default_factory=dict)
    _looked_s: float = 0.0
    _memory_bytes: int = 0
    _growth_bytes: int = 0

    def begin(self) -> None:
        """A worker is about to start."""
        black_box.create(self.path)
        self._seen.clear()
        self._looked_s = self.clock()
        self._memory_bytes = self._growth_bytes = 0

    @property
    def running(self) -> tuple[Running, ...]:
        """What runs now, or ran when the worker died."""
        return black_box.read(self.path)

    @property
    def memory_limit_bytes(self) -> int:
        """How much the worker may grow while one hook of a plugin runs."""
        return self.limits.memory_bytes or _machine_bytes() // 2

    @property
    def growth_bytes(self) -> int:
        """By how much the worker had grown at the last look since the plugins that ran then began."""
        return self._growth_bytes

    def look(self, pid: int, median_step_s: float) -> list[Verdict]:
        """The hooks that went too far since the last look."""
        now_s, memory_bytes = self.clock(), _resident_bytes(pid)
        before_bytes, self._memory_bytes = self._memory_bytes or memory_bytes, memory_bytes
        slept_s, self._looked_s = now_s - self._looked_s, now_s
        if slept_s > _LONGEST_BLINK_S:
            for seen in self._seen.values():
                seen.since_s += slept_s
        running = {each.lane: each for each in self.running if each.is_foreign}
        self._seen = {
            lane: self._updated(each, now_s, min(before_bytes, memory_bytes)) for lane, each in running.items()
        }
        grown = [memory_bytes - seen.grown_from_bytes for seen in self._seen.values()]
        self._growth_bytes = max(grown, default=0)
        found = (self._judged(each, now_s, median_step_s) for each in running.values())
        return [verdict for verdict in found if verdict]

    @property
    def abandoned(self) -> int:
        """How many threads of hooks that hung are still there."""
        return sum(seen.is_told for seen in self._seen.values())

    def _updated(self, running: Running, now_s: float, memory_bytes: int) -> _Seen:
        seen = self._seen.get(running.lane)
        if seen and seen.number == running.number:
            return seen
        if seen and running.lane != ENGINE_LANE:  # a sign of life, of the same hook as far as anybody can tell
            memory_bytes = min(memory_bytes, seen.grown_from_bytes)
        return _Seen(number=running.number, since_s=now_s, grown_from_bytes=memory_bytes)

    def _judged(self, running: Running, now_s: float, median_step_s: float) -> Verdict | None:
        seen = self._seen[running.lane]
        grown_bytes = self._memory_bytes - seen.grown_from_bytes
        if grown_bytes > self.memory_limit_bytes:
            said = f"took {grown_bytes >> 20} MiB of memory, at most {self.memory_limit_bytes >> 20} MiB are its own"
            return Verdict(running=running, said=said)
        limit_s = max(self._patience_s(running.hook.hook), _STEPS * median_step_s)
        if seen.is_told or now_s - seen.since_s <= limit_s:
            return None
        seen.is_told = True
        said = f"hung: it showed no sign of life for {limit_s:g} s"
        return Verdict(running=running, said=said, is_deadly=running.lane == ENGINE_LANE)

    def _patience_s(self, hook: str) -> float:
        if hook == "import":
            return _IMPORT * self.limits.hook_s
        return self.limits.lengthy_hook_s if hook in _LENGTHY else self.limits.hook_s


def _resident_bytes(pid: int) -> int:
    """0 for a process that has just gone."""
    import psutil  # not before a worker runs: the front is to be ready soon

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _machine_bytes() -> int:
    """The memory that there is for us, which in a container may be less than the machine's."""
    import psutil

    total = int(psutil.virtual_memory().total)
    try:
        return min(total, int(_CGROUP_LIMIT.read_text()))
    except (OSError, ValueError):  # no such limit: `max`, or no Linux
        return total
