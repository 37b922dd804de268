"""The black box: which hook of which plugin runs at this moment, in a file that outlives the process.

The worker writes at well under a microsecond a hook; the front reads while the worker lives (does that hook ever
end?) and after it has died (who was it?). Each thread that runs plugins has a lane, in which hooks nest.
"""

from __future__ import annotations

import json
import mmap
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from sfumato.errors import PluginError

#: Where the front tells its worker to write.
VARIABLE: Final = "SFUMATO_BLACK_BOX"
#: The distribution whose contributions are ours; what goes wrong in them is no plugin's fault.
OWN: Final = "sfumato"

_LANES: Final = 33
_DEPTH: Final = 4
_ENTRY_BYTES: Final = 1024
_LANE_BYTES: Final = _DEPTH * _ENTRY_BYTES
_SIZE: Final = _LANES * _LANE_BYTES
#: The number of the entry, its step (-1 for none) and the length of its text, 0 when nothing runs.
_HEAD: Final = struct.Struct("<QiH")
_LONGEST_FIELD: Final = 120
#: The lane of the thread on which the engine and all jobs' steps run; the others are those of errands.
ENGINE_LANE: Final = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One hook of one plugin at work for a job. `kind` and `contribution` are empty for a plugin's own hooks."""

    job: str = ""
    kind: str = ""
    contribution: str = ""
    plugin: str
    version: str
    hook: str

    def fault(self, said: str, step_index: int | None = None) -> PluginError:
        """The error for what it did, told by `said`."""
        owner = f"plugin {self.plugin} {self.version}".strip()
        who = f"{self.kind} {self.contribution} of {owner}" if self.kind else owner
        where = f"{self.hook}()" if step_index is None else f"{self.hook}() at step {step_index}"
        return PluginError(
            f"{who}, {where}: {said}",
            plugin=self.plugin,
            version=self.version,
            **({"contribution": self.contribution} if self.contribution else {}),
            hook=self.hook,
            **({} if step_index is None else {"step": step_index}),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What a lane was doing when somebody looked. `number` grows with every entry and every sign of life."""

    lane: int
    number: int
    step_index: int | None
    hook: Hook

    @property
    def is_foreign(self) -> bool:
        """Whether it is a plugin's, and not ours."""
        return self.hook.plugin != OWN

    def fault(self, said: str) -> PluginError:
        """The error for what it did."""
        return self.hook.fault(said, self.step_index)


class BlackBox:
    """The worker's side. In memory unless a front has made a file for it."""

    def __init__(self, path: Path | None = None) -> None:
        self._memory: bytearray | mmap.mmap = bytearray(_SIZE)
        if path is not None:
            with path.open("r+b") as file:
                self._memory = mmap.mmap(file.fileno(), _SIZE)
        self._free = [Lane(self._memory, index) for index in reversed(range(_LANES))]
        self._lock = threading.Lock()
        self.engine = self._free.pop()

    @property
    def errands_under_way(self) -> int:
        """How many lanes of errands are taken."""
        return _LANES - 1 - len(self._free)

    @contextmanager
    def errand(self) -> Iterator[Lane]:
        """A lane of its own for the calling thread; one that nobody reads when all are taken."""
        with self._lock:
            lane = self._free.pop() if self._free else None
        try:
            yield lane or Lane(bytearray(_LANE_BYTES), 0)
        finally:
            if lane:
                lane.clear()
                self._free.append(lane)


class Lane:
    """The hooks that one thread is in, the innermost last. [its own thread]"""

    __slots__ = ("_depth", "_memory", "_number", "_offset", "_where")

    def __init__(self, memory: bytearray | mmap.mmap, index: int) -> None:
        self._memory, self._offset = memory, index * _LANE_BYTES
        self._depth = self._number = 0
        self._where = (0, 0, 0)

    def enter(self, text: bytes, step_index: int | None) -> None:
        """The hook that `encoded` described begins."""
        depth, self._number = self._depth, self._number + 1
        self._depth = depth + 1
        if depth < _DEPTH:
            at, memory = self._offset + depth * _ENTRY_BYTES, self._memory
            memory[at + _HEAD.size : at + _HEAD.size + len(text)] = text
            self._where = at, -1 if step_index is None else step_index, len(text)
            _HEAD.pack_into(memory, at, self._number, self._where[1], len(text))

    def leave(self) -> None:
        """The innermost hook has ended."""
        self._depth -= 1
        if self._depth < _DEPTH:
            _HEAD.pack_into(self._memory, self._offset + self._depth * _ENTRY_BYTES, 0, 0, 0)

    def alive(self) -> None:
        """The innermost hook shows a sign of life."""
        at, step_index, length = self._where
        self._number += 1
        _HEAD.pack_into(self._memory, at, self._number, step_index, length)

    @contextmanager
    def resting(self) -> Iterator[None]:
        """The innermost hook waits for the engine meanwhile: nobody counts the time."""
        at, step_index, _ = self._where
        _HEAD.pack_into(self._memory, at, 0, 0, 0)
        try:
            yield
        finally:
            self._where = at, step_index, _
            self.alive()

    def clear(self) -> None:
        """The thread has ended."""
        while self._depth:
            self.leave()


@lru_cache(1024)
def encoded(hook: Hook) -> bytes:
    """A hook as `Lane.enter` takes it, its fields cut to a length that fits."""
    fields = (hook.job, hook.kind, hook.contribution, hook.plugin, hook.version, hook.hook)
    return json.dumps([field[:_LONGEST_FIELD] for field in fields]).encode()[: _ENTRY_BYTES - _HEAD.size]


def create(path: Path) -> None:
    """An empty box in place of an older one, which a worker that still writes it keeps."""
    path.unlink(missing_ok=True)
    path.write_bytes(bytes(_SIZE))


def read(path: Path) -> tuple[Running, ...]:
    """The innermost hook of every lane that is in one."""
    try:
        data = path.read_bytes()
    except OSError:
        return ()
    found = (_innermost(data, lane) for lane in range(len(data) // _LANE_BYTES))
    return tuple(running for running in found if running)


def _innermost(data: bytes, lane: int) -> Running | None:
    for depth in reversed(range(_DEPTH)):
        at = lane * _LANE_BYTES + depth * _ENTRY_BYTES
        number, step_index, length = _HEAD.unpack_from(data, at)
        if length:
            hook = _hook(data[at + _HEAD.size : at + _HEAD.size + length])
            step = None if step_index < 0 else step_index
            return Running(lane=lane, number=number, step_index=step, hook=hook) if hook else None
    return None


def _hook(text: bytes) -> Hook | None:
    """None for a text that was read while it was being written."""
    try:
        job, kind, contribution, plugin, version, hook = json.loads(text)
    except ValueError:
        return None
    return Hook(job=job, kind=kind, contribution=contribution, plugin=plugin, version=version, hook=hook)
