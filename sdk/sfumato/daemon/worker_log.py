"""What the worker prints, in a log file of limited size; of what is printed without end, a little every second."""

from __future__ import annotations

import io
import logging
import re
import time
from collections import deque
from collections.abc import Callable, Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

_MAX_BYTES: Final = 4 * 2**20
_OLDER_FILES: Final = 2
_LONGEST_LINE: Final = 4000
#: In the message of a death, which people read.
_LONGEST_WORDS: Final = 300
_REMEMBERED_LINES: Final = 5
_CHUNK_BYTES: Final = 2**16
#: So much of what comes within a second is kept; reading on without looking keeps the worker from waiting.
_BYTES_A_SECOND: Final = 2**18
#: A progress bar's carriage return ends a line too.
_LINE_ENDS: Final = re.compile(rb"\r\n|\n|\r")
#: How Python's fault handler begins; the stacks of all threads follow, and a list of modules.
_FATAL: Final = "Fatal Python error:"


class WorkerLog:
    """Takes a worker's stderr to its end, and remembers its last lines for the message when it died."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = path
        self._clock = clock
        self._handler = RotatingFileHandler(path, maxBytes=_MAX_BYTES, backupCount=_OLDER_FILES, encoding="utf-8")
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        self._last: deque[str] = deque(maxlen=_REMEMBERED_LINES)
        self._fatal = ""

    @property
    def last_line(self) -> str:
        """The last line that says something, fit to be shown: of a traceback, the error itself."""
        line = self._fatal or next((line for line in reversed(self._last) if line), "")
        return "".join(each if each.isprintable() else "?" for each in line)[:_LONGEST_WORDS]

    def follow(self, stderr: io.BufferedReader) -> None:
        """Copy lines until the worker closes its stderr. Blocks."""
        self._last.clear()
        self._fatal = ""
        with stderr:
            for line in _lines(self._chunks(stderr)):
                self._keep(line.decode("utf-8", errors="replace").rstrip())

    def close(self) -> None:
        """Close the file."""
        self._handler.close()

    def _keep(self, line: str) -> None:
        self._last.append(line.strip())
        if line.startswith(_FATAL):
            self._fatal = line
        self._handler.handle(logging.makeLogRecord({"msg": line, "levelno": logging.INFO}))

    def _chunks(self, stderr: io.BufferedReader) -> Iterator[bytes]:
        """What comes, without what is too much for its second; a line tells how much that was."""
        second, kept_bytes, dropped_bytes = self._clock(), 0, 0
        while chunk := stderr.read1(_CHUNK_BYTES):
            now_s = self._clock()
            if now_s - second >= 1:
                if dropped_bytes:
                    yield b"\n... %d bytes more were printed than are kept ...\n" % dropped_bytes
                second, kept_bytes, dropped_bytes = now_s, 0, 0
            if kept_bytes + len(chunk) > _BYTES_A_SECOND:
                dropped_bytes += len(chunk)
            else:
                kept_bytes += len(chunk)
                yield chunk
                # A second of reading: where writing takes longer than that, all would be kept, and waited for.
                second += self._clock() - now_s
        if dropped_bytes:
            yield b"\n... %d bytes more were printed than are kept ...\n" % dropped_bytes


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Lines without their ends, of at most a certain length."""
    rest = b""
    for chunk in chunks:
        *whole, rest = _LINE_ENDS.split(rest + chunk)
        while len(rest) > _LONGEST_LINE:
            whole.append(rest[:_LONGEST_LINE])
            rest = rest[_LONGEST_LINE:]
        for line in whole:
            yield line[:_LONGEST_LINE]
    if rest:
        yield rest
