"""Errands: work that a job has done on a thread of its own, so that the step loop never waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from typing import Any, Generic, TypeVar

import torch

from sfumato.errors import JobCancelled

T = TypeVar("T")


class Errand(Generic[T]):
    """One call on a thread. `wake` is called from there whenever the engine has a reason to look.

    The call gets the errand, and may ask the engine for something with `ask`, which waits for the answer.
    """

    def __init__(self, call: Callable[[Errand[T]], T], wake: Callable[[], None]) -> None:
        self._call, self._wake = call, wake
        self._thread = threading.Thread(target=self._run, name="errand", daemon=True)
        self._done = threading.Event()
        self._cancelled = threading.Event()
        self._outcome: tuple[T | None, BaseException | None] = (None, None)
        self._question: Any = None
        self._answered = threading.Event()
        self._answer: tuple[Any, BaseException | None] = (None, None)

    @property
    def ready(self) -> bool:
        """Whether the engine has something to do: the end is reached, or there is a question. [engine thread]"""
        return self._done.is_set() or self._question is not None

    def run(self, answer: Callable[[Any], Generator[Any, Any, Any]]) -> Generator[Any, Any, T]:
        """Start, wait, and answer questions by running what `answer` makes of them. [engine thread]

        Yields itself while there is nothing to do. Closing it cancels the errand. Raises what the call raised.
        """
        self._thread.start()
        try:
            while not self._done.is_set():
                if self._question is None:
                    yield self
                else:
                    yield from self._respond(answer)
        finally:
            self._cancelled.set()
            self._answered.set()
        value, error = self._outcome
        if error:
            raise error
        return value  # type: ignore[return-value]  # without an error there is a value

    def _respond(self, answer: Callable[[Any], Generator[Any, Any, Any]]) -> Generator[Any, Any, None]:
        question, self._question = self._question, None
        try:
            self._answer = (yield from answer(question)), None
        except Exception as error:  # it is for the one who asked
            self._answer = None, error
        self._answered.set()

    def check(self) -> None:
        """Raise JobCancelled once nobody waits for the result. [errand's thread]"""
        if self._cancelled.is_set():
            raise JobCancelled("the job was cancelled")

    def ask(self, question: Any) -> Any:
        """The engine's answer. Raises what it failed with, and JobCancelled. [errand's thread]"""
        self._answered.clear()
        self.check()  # not before: a cancel that came between the two would be waited for without end
        self._question = question
        self._wake()
        self._answered.wait()
        self.check()
        value, error = self._answer
        if error:
            raise error
        return value

    def _run(self) -> None:
        try:
            with torch.no_grad():
                self._outcome = self._call(self), None
        except BaseException as error:
            self._outcome = None, error
        self._done.set()
        self._wake()
