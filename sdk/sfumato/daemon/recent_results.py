"""The newest results in memory: whoever has watched a job to its end asks for its images next."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

_MOST_BYTES: Final = 32 * 2**20


class RecentResults:
    """Bytes by sha256; the oldest leave when there are too many. Any thread may use it."""

    def __init__(self) -> None:
        self._results: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._busy = threading.Lock()

    def get(self, sha256: str) -> bytes | None:
        """The bytes, if they are still there."""
        return self._results.get(sha256)

    def add(self, sha256: str, data: bytes) -> None:
        """Keep a result, unless it alone would fill the place."""
        with self._busy:
            if sha256 in self._results or len(data) > _MOST_BYTES:
                return
            self._results[sha256] = data
            self._size += len(data)
            while self._size > _MOST_BYTES:
                _, oldest = self._results.popitem(last=False)
                self._size -= len(oldest)
