"""What the worker prints, in a log file of limited size."""

from __future__ import annotations

import io
import logging
from collections import deque
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import BinaryIO, Final

_MAX_BYTES: Final = 4 * 2**20
_OLDER_FILES: Final = 2
_LONGEST_LINE: Final = 4000
_REMEMBERED_LINES: Final = 5


class WorkerLog:
    """Takes a worker's stderr to its end, and remembers its last lines for the message when it died."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = path
        self._handler = RotatingFileHandler(path, maxBytes=_MAX_BYTES, backupCount=_OLDER_FILES, encoding="utf-8")
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        self._last: deque[str] = deque(maxlen=_REMEMBERED_LINES)

    @property
    def last_line(self) -> str:
        """The last line that says something: of a traceback, the error itself."""
        return next((line for line in reversed(self._last) if line), "")

    def follow(self, stderr: BinaryIO) -> None:
        """Copy lines until the worker closes its stderr. Blocks; a progress bar's carriage return ends a line too."""
        self._last.clear()
        with io.TextIOWrapper(stderr, encoding="utf-8", errors="replace") as text:
            while line := text.readline(_LONGEST_LINE):
                self._last.append(line.strip())
                self._handler.handle(logging.makeLogRecord({"msg": line.rstrip(), "levelno": logging.INFO}))

    def close(self) -> None:
        """Close the file."""
        self._handler.close()
