"""One worker process, and the frames over its stdin and stdout (docs/worker_protocol.md).

Both pipes have a thread: a blocking read takes a picture of 512x512 in a fifth of the time that asyncio's pipes
need, and Windows' default event loop has none for processes.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from io import BufferedReader
from typing import Any, BinaryIO, Final, cast

from sfumato import frames
from sfumato.daemon.worker_log import WorkerLog

#: A picture of 512x512 fits into a pipe of this size.
_PIPE_BYTES: Final = 2**20
#: So many frames may have been read and not yet taken; then the worker has to wait.
_MOST_UNTAKEN: Final = 64
#: How long a worker may take to write down where its threads are.
_LAST_STACKS_S: Final = 5.0
#: How long the rest of stderr is waited for when the process has gone: a grandchild may hold it open.
_LAST_WORDS_S: Final = 1.0

#: Ctrl-C in the daemon's terminal is for the front alone: it lets the worker write its checkpoints first.
_OUT_OF_REACH_OF_CTRL_C: Final[dict[str, Any]] = (
    {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    if os.name == "nt"
    else {"start_new_session": True}
)

Frame = tuple[dict[str, Any], bytes]


class WorkerLink:
    """A running worker. Iterate `incoming()` to its end, then `wait()` for how it ended."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], log: WorkerLog, receive: Callable[..., Frame]
    ) -> None:
        """Start the process. `receive` sees each frame first, on the reading thread, and may change it.

        Raises OSError if there is no such program.
        """
        self._loop = asyncio.get_running_loop()
        self._receive = receive
        self._log = log
        self._arrived: asyncio.Queue[Frame | frames.FrameError | None] = asyncio.Queue()
        self._room = threading.Semaphore(_MOST_UNTAKEN)
        self._orders: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **environment},
            **_OUT_OF_REACH_OF_CTRL_C,
        )
        self.pid = self._process.pid
        stdin, stdout = cast("BinaryIO", self._process.stdin), cast("BinaryIO", self._process.stdout)
        _widen(stdout)
        _spawn("worker-orders", self._write, stdin)
        _spawn("worker-frames", self._read, stdout)
        self._logging = _spawn("worker-log", log.follow, cast("BufferedReader", self._process.stderr))

    def send(self, header: dict[str, Any], body: bytes = b"") -> None:
        """Queue a frame. A worker that has died takes it and nothing happens; its death ends `incoming`."""
        self._orders.put(frames.encode(header, body))

    async def incoming(self) -> AsyncIterator[Frame]:
        """What the worker says, until it closes its stdout. Raises FrameError on what is no whole frame."""
        while (frame := await self._arrived.get()) is not None:
            if isinstance(frame, frames.FrameError):
                raise frame
            yield frame
            self._room.release()

    async def wait(self) -> str:
        """Wait until the process has ended; how, in words."""
        self._orders.put(None)
        code = await asyncio.to_thread(self._process.wait)
        await asyncio.to_thread(self._logging.join, _LAST_WORDS_S)
        told = f", its last words: {self._log.last_line}" if self._log.last_line else ""
        return f"{_ending(code)}{told}"

    @property
    def exit_code(self) -> int:
        """How the process ended; the signal that ended it below 0. After `wait()`."""
        return self._process.returncode or 0

    async def abort(self) -> None:
        """End it at once, after it has written the stacks of all its threads to its log where it can."""
        if sys.platform != "win32" and self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGABRT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(self._process.wait, _LAST_STACKS_S)
        self.kill()

    def kill(self) -> None:
        """End it at once, and what it started with it."""
        if self._process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self.pid, signal.SIGKILL)

    def _write(self, stdin: BinaryIO) -> None:
        with contextlib.suppress(OSError), stdin:
            while (order := self._orders.get()) is not None:
                stdin.write(order)
                stdin.flush()

    def _read(self, stdout: BinaryIO) -> None:
        frame: Frame | frames.FrameError | None
        with stdout:
            try:
                while frame := frames.read(stdout):
                    self._room.acquire()
                    self._post(self._receive(*frame))
            except frames.FrameError as error:
                self._post(error)
        self._post(None)

    def _post(self, frame: Frame | frames.FrameError | None) -> None:
        with contextlib.suppress(RuntimeError):  # the event loop has ended, and nobody listens any more
            self._loop.call_soon_threadsafe(self._arrived.put_nowait, frame)


def _widen(pipe: BinaryIO) -> None:
    """Have a larger pipe where the platform lets us, for fewer turns between worker and front."""
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):  # the user's share of pipe memory is used up, or limited below
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _spawn(name: str, target: Callable[[Any], None], pipe: BinaryIO) -> threading.Thread:
    thread = threading.Thread(target=target, args=(pipe,), name=name, daemon=True)
    thread.start()
    return thread


def _ending(code: int) -> str:
    if code >= 0:
        return f"it ended with exit code {code}"
    try:
        return f"it was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"it was ended by signal {-code}"
