"""What callers wait for from the worker: that it is ready, and its answers to their orders."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

from sfumato.errors import SfumatoError


class Promise:
    """Something that many may wait for. It is kept or refused, and can then be made again."""

    def __init__(self) -> None:
        self._outcome: asyncio.Future[None] | None = None
        self._waiting = 0
        self.kept = False

    @property
    def wanted(self) -> bool:
        """Whether anybody waits."""
        return self._waiting > 0

    async def wait(self) -> None:
        """Return when it is kept. Raises what it is refused with."""
        if self.kept:
            return
        self._outcome = self._outcome or asyncio.get_running_loop().create_future()
        self._waiting += 1
        try:
            await asyncio.shield(self._outcome)
        finally:
            self._waiting -= 1

    def keep(self) -> None:
        """It has come true, for those who wait and those who will."""
        self.kept = True
        if self._outcome:
            self._outcome.set_result(None)
            self._outcome = None

    def refuse(self, error: SfumatoError) -> None:
        """It will not come true for those who wait."""
        self.kept = False
        if self._outcome:
            self._outcome.set_exception(error)
            self._outcome.exception()  # whoever waited may have gone since
            self._outcome = None

    def renew(self) -> None:
        """It is no longer true; whoever waits from now on waits for the next time."""
        self.kept = False


class Answers:
    """Answers that are expected, by a key that the question and its answer share."""

    def __init__(self) -> None:
        self._expected: dict[Any, asyncio.Future[Any]] = {}
        self._numbers = itertools.count(1)

    def __bool__(self) -> bool:
        return bool(self._expected)

    def expect(self, key: Any = None) -> tuple[Any, asyncio.Future[Any]]:
        """A key (a new number if none is given), and the future of its answer; all who give one key share it."""
        key = next(self._numbers) if key is None else key
        if key not in self._expected:
            self._expected[key] = asyncio.get_running_loop().create_future()
        return key, self._expected[key]

    def give(self, key: Any, answer: Any) -> None:
        """The answer has come. One that nobody expects is dropped."""
        if expected := self._expected.pop(key, None):
            expected.set_result(answer)

    def refuse(self, key: Any, error: SfumatoError) -> None:
        """There is no answer but this error."""
        if expected := self._expected.pop(key, None):
            expected.set_exception(error)
            expected.exception()  # whoever asked may have gone since

    def forget(self, key: Any) -> None:
        """Nobody waits for this answer any more."""
        self._expected.pop(key, None)

    def refuse_all(self, error: SfumatoError) -> None:
        """Nobody will answer any more."""
        for key in list(self._expected):
            self.refuse(key, error)
