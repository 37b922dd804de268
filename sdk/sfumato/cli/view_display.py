"""How painting a mesh looks in a terminal: the views that are done, and the steps of the one being drawn."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from sfumato.client import events

if TYPE_CHECKING:
    from sfumato import texturing


class ViewDisplay:
    """A bar on stderr while it is entered as a context; in a file or pipe, one line for each view."""

    def __init__(self, views_done: int, view_count: int, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._done, self._count = views_done, view_count
        self._bar = Progress(
            TextColumn("{task.description:<24}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(compact=True),
            console=self._console,
            transient=True,
        )
        self._task = self._bar.add_task(self._words("waiting"), total=view_count, completed=views_done)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def show(self, event: events.Event) -> None:
        """Take one event of the view that is being drawn."""
        match event:
            case events.StageEntered(stage=stage):
                self._bar.update(self._task, description=self._words(stage))
            case events.Stepped(step_index=step, step_count=count):
                self._bar.update(self._task, description=self._words("draw"), completed=self._done + step / (count + 1))
            case events.Interrupted(description=description):
                self._console.print(f"{description}; the view goes on from its last checkpoint", style="yellow")

    def advance(self, progress: texturing.Progress) -> None:
        """A view is on the mesh."""
        self._done = progress.views_done
        self._bar.update(self._task, description=self._words("waiting"), completed=self._done)
        if not self._console.is_terminal:
            self._console.print(f"view {self._done} of {self._count}: {progress.coverage:.0%} painted")

    def _words(self, stage: str) -> str:
        said = {"prepare": "preparing", "denoise": "drawing", "draw": "drawing", "decode": "decoding"}.get(stage, stage)
        return f"view {min(self._done + 1, self._count)} of {self._count}: {said}"


@contextlib.contextmanager
def waiting(words: str) -> Iterator[None]:
    """Say on a terminal what is being done, until it is."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(words):
        yield
