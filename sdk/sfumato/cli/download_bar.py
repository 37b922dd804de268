"""How a download looks in a terminal."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn


@contextlib.contextmanager
def download_bar(name: str, console: Console | None = None) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr from the first report on; takes bytes done and in all. Quiet where there is no terminal."""
    console = console or Console(stderr=True)
    if not console.is_terminal:
        yield lambda done_bytes, total_bytes: None
        return
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    bar = Progress(*columns, TimeRemainingColumn(compact=True), console=console, transient=True)
    task = bar.add_task(name, start=False)

    def told(done_bytes: int, total_bytes: int) -> None:
        bar.start()
        bar.start_task(task)
        bar.update(task, completed=done_bytes, total=total_bytes)

    try:
        yield told
    finally:
        bar.stop()
