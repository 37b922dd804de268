"""A real bridge process, and the frames that are exchanged with it."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from typing import Any

from sfumato.frames import FrameError, encode, read

#: A busy machine takes minutes for the worker's first start.
PATIENCE_S = 300.0
COMMAND = [sys.executable, "-P", "-m", "sfumato.bridge"]


class Bridge:
    """Starts a bridge; everything that it says is kept in `said`."""

    def __init__(self, environment: dict[str, str], hello: bool = True) -> None:
        pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        self.process = subprocess.Popen(COMMAND, env=os.environ | environment, **pipes)
        self.said: list[tuple[dict[str, Any], bytes]] = []
        self.errors = ""
        self._killed = False
        self._arrived: queue.Queue[tuple[dict[str, Any], bytes] | None] = queue.Queue()
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._read, self._listen)]
        for thread in self._threads:
            thread.start()
        if hello:
            self.send(op="hello", protocol=1, host="test", host_version="1", adapter_version="1")

    def __enter__(self) -> Bridge:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, *, body: bytes = b"", **header: Any) -> None:
        self.write(encode(header, body))

    def write(self, data: bytes) -> None:
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def until(self, wanted, **fields: Any) -> tuple[dict[str, Any], bytes]:
        """The next frame with this op, or one for which `wanted` is true, and these fields."""
        fits = wanted if callable(wanted) else lambda header: header["op"] == wanted
        deadline = time.monotonic() + PATIENCE_S
        while True:
            frame = self._next(deadline)
            assert frame is not None, f"the bridge ended; it said {self.heard()}\n{self.errors}"
            if fits(frame[0]) and all(frame[0].get(name) == value for name, value in fields.items()):
                return frame

    def end(self) -> int:
        """Wait for its end, and keep all that it said, errors included; its exit status."""
        deadline = time.monotonic() + PATIENCE_S
        while self._next(deadline) is not None:
            pass
        for thread in self._threads:
            thread.join(PATIENCE_S)
        return self.process.wait(PATIENCE_S)

    def heard(self, *ops: str) -> list[dict[str, Any]]:
        """The headers of all frames so far, or of those with these ops."""
        return [header for header, _ in self.said if not ops or header["op"] in ops]

    def close(self) -> None:
        if not self.process.stdin.closed:
            self.process.stdin.close()
        if self.process.poll() is None:
            self.process.wait(PATIENCE_S)
        for thread in self._threads:
            thread.join(PATIENCE_S)
        self.process.stdout.close()
        self.process.stderr.close()

    def kill(self) -> None:
        self._killed = True
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def _next(self, deadline: float):
        frame = self._arrived.get(timeout=max(0.001, deadline - time.monotonic()))
        if frame is not None:
            self.said.append(frame)
        return frame

    def _read(self) -> None:
        try:
            while (frame := read(self.process.stdout)) is not None:
                self._arrived.put(frame)
        except FrameError:
            if not self._killed:  # else it was cut off in the middle of one
                raise
        finally:
            self._arrived.put(None)

    def _listen(self) -> None:
        for line in self.process.stderr:
            self.errors += line.decode(errors="replace")
