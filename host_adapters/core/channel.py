"""The pipe to a bridge: frames in and out without the main thread ever waiting."""

import subprocess
import threading
from collections import deque
from queue import SimpleQueue
from time import monotonic
from typing import Any, Callable, Deque, Dict, Iterator, List, Optional, Sequence

from .frames import Frame, FrameError, encode, read

_STDERR_LINES = 20
_STDERR_LINE_BYTES = 2000
#: How long the rest of stderr is waited for when the bridge has ended: what it has started may hold it open.
_LAST_WORDS_S = 2.0


class Channel:
    """A bridge process with three threads: one that starts and reads it, one that writes, one that hears its errors.

    `wake` is called from the reading thread when there is something to drain, once until `drain` was called. The
    other methods are the main thread's, and none of them blocks.
    """

    def __init__(self, command: Sequence[str], environment: Dict[str, str], wake: Callable[[], None]) -> None:
        self._command = list(command)
        self._environment = environment
        self._wake = wake
        self._process: Optional[subprocess.Popen[bytes]] = None
        self._arrived: Deque[Frame] = deque()
        self._outgoing: SimpleQueue[Optional[List[bytes]]] = SimpleQueue()
        self._complaints: Deque[str] = deque(maxlen=_STDERR_LINES)
        self._lock = threading.Lock()
        self._woken = False
        self._closing = False
        #: Why it ended, in words; None while it lives. Frames that came before are still there to be drained.
        self.ending: Optional[str] = None

    def open(self) -> None:
        """Start the bridge, in a thread: spawning a process from a large host takes longer than a frame's time."""
        threading.Thread(target=self._live, name="sfumato-read", daemon=True).start()

    def send(self, header: Dict[str, Any], chunks: Sequence[bytes] = ()) -> None:
        """Queue a frame. Raises FrameError where it is too large. What a dead bridge is sent is lost."""
        self._outgoing.put(encode(header, chunks))

    def drain(self, budget_s: float) -> Iterator[Frame]:
        """The frames that have come, for at most about `budget_s` seconds; `wake` is called again for the rest."""
        deadline = monotonic() + budget_s
        self._woken = False
        while self._arrived:
            yield self._arrived.popleft()
            if monotonic() > deadline:
                break
        if self._arrived:
            self._call_wake()

    @property
    def empty(self) -> bool:
        """Whether nothing is left to drain."""
        return not self._arrived

    def complaint(self) -> str:
        """The end of what the bridge wrote to its stderr."""
        return "\n".join(self._complaints)

    def close(self) -> None:
        """End the bridge: its stdin ends, and so does it. Its jobs go on."""
        with self._lock:
            self._closing = True
        self._outgoing.put(None)

    def wait(self, timeout_s: float) -> bool:
        """Whether the bridge has ended within so many seconds; for the end of the host and for tests."""
        process = self._process
        try:
            if process:
                process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    @property
    def pid(self) -> Optional[int]:
        """The bridge's process id, once it runs."""
        return self._process.pid if self._process else None

    def _live(self) -> None:
        try:
            process = self._spawn()
        except OSError as error:
            self._end(f"could not be started: {error}")
            return
        if process is None:
            self._end("was not wanted any more")
            return
        threading.Thread(target=self._write, args=(process,), name="sfumato-write", daemon=True).start()
        listening = threading.Thread(target=self._listen, args=(process,), name="sfumato-errors", daemon=True)
        listening.start()
        said = self._read(process)
        status = process.wait()
        listening.join(_LAST_WORDS_S)
        self._outgoing.put(None)
        self._end(f"{said} (status {status})")

    def _spawn(self) -> Optional["subprocess.Popen[bytes]"]:
        no_window: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows alone has it, and needs it
        with self._lock:
            if self._closing:
                return None
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._environment,
                creationflags=no_window,
            )
            return self._process

    def _read(self, process: "subprocess.Popen[bytes]") -> str:
        assert process.stdout is not None
        with process.stdout as stream:
            try:
                while True:
                    frame = read(stream)
                    if frame is None:
                        return "ended"
                    self._arrived.append(frame)
                    self._call_wake()
            except (FrameError, OSError) as error:
                process.kill()
                return f"said what is no frame: {error}"

    def _write(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin is not None
        try:
            with process.stdin as stream:
                while True:
                    pieces = self._outgoing.get()
                    if pieces is None:
                        return
                    for piece in pieces:
                        stream.write(piece)
                    stream.flush()
        except OSError:
            return  # it has ended, which the reading thread tells

    def _listen(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stderr is not None
        with process.stderr as stream:
            for line in iter(lambda: stream.readline(_STDERR_LINE_BYTES), b""):
                self._complaints.append(line.decode("utf-8", "replace").rstrip())

    def _end(self, said: str) -> None:
        self.ending = said
        self._call_wake()

    def _call_wake(self) -> None:
        if not self._woken:
            self._woken = True
            self._wake()


#: Makes a channel: the command, the environment, `wake`. Tests give a scripted one.
Opener = Callable[[Sequence[str], Dict[str, str], Callable[[], None]], Channel]
