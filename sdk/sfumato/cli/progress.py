"""How a running job looks in a terminal: a bar with the step, what time is left, and the picture as it comes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sfumato.cli.halfblocks import HalfBlocks
from sfumato.client import events

#: What is said while a stage lasts.
_STAGES: Final = {"prepare": "preparing", "denoise": "drawing", "decode": "decoding", "finish": "finishing"}


class JobDisplay:
    """Shows the events of one job on stderr, while it is entered as a context. Quiet where there is no terminal."""

    def __init__(self, image_count: int, step_count: int, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        #: Whether this terminal can show previews.
        self.shows_previews = self._console.is_terminal and self._console.color_system == "truecolor"
        self._steps_taken = [0] * image_count
        self._bar = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("steps"),
            TimeRemainingColumn(compact=True),
            console=self._console,
        )
        self._task = self._bar.add_task("waiting", total=step_count * image_count)
        self._live = self._display_of(self._bar)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Clear the terminal for something else that is printed."""
        self._live.stop()
        yield
        if self._console.is_terminal:
            # A display that is started again would clear as many lines above it as it had before.
            self._live = self._display_of(self._live.renderable)
            self._live.start()

    def show(self, event: events.Event) -> None:
        """Take one event."""
        match event:
            case events.StageEntered(stage=stage):
                self._bar.update(self._task, description=_STAGES.get(stage, stage))
            case events.Stepped():
                self._step(event)
            case events.Progressed(share=share, description=description, contribution=contribution):
                self._bar.update(self._task, description=f"{description or contribution} {share:.0%}")
            case events.Interrupted(description=description):
                self._console.print(f"{description}; the job goes on from its last checkpoint", style="yellow")

    def _display_of(self, shown: RenderableType) -> Live:
        return Live(shown, console=self._console, transient=True, redirect_stdout=False)

    def _step(self, event: events.Stepped) -> None:
        self._steps_taken[event.image_index] = event.step_index
        total = event.step_count * len(self._steps_taken)
        self._bar.update(self._task, completed=sum(self._steps_taken), total=total)
        if event.preview and self.shows_previews:
            self._live.update(Group(HalfBlocks(event.preview), self._bar))
