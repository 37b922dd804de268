"""A place of its own for what a test does with the client: an empty folder, and a daemon that ends with the test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import psutil
import pytest

from sfumato.client import connect
from sfumato.errors import DaemonUnavailable
from sfumato.places import DATA_DIR_VARIABLE, PLUGINS_DIR_VARIABLE, PLUGINS_VARIABLE, RUNTIME_DIR_VARIABLE

#: What would lead away from the daemon of the test, or leave plugins out of it.
_LEADING_AWAY: Final = ("SFUMATO_ADDRESS", "SFUMATO_TOKEN", PLUGINS_VARIABLE, PLUGINS_DIR_VARIABLE)
_ENDING_S: Final = 60.0


@contextmanager
def settled(folder: Path, daemon: Path) -> Iterator[Path]:
    """Work in `folder`; a daemon that is started meanwhile keeps its things in `daemon`, and is ended on leaving."""
    with pytest.MonkeyPatch.context() as patched:
        for variable in _LEADING_AWAY:
            patched.delenv(variable, raising=False)
        patched.setenv(DATA_DIR_VARIABLE, str(daemon / "data"))
        patched.setenv(RUNTIME_DIR_VARIABLE, str(daemon / "run"))
        patched.chdir(folder)
        try:
            yield folder
        finally:
            end_daemon()


def end_daemon() -> None:
    """End the daemon that the environment leads to, where one runs, and wait until it is gone.

    One that does not end within a minute is killed, and psutil.TimeoutExpired raised.
    """
    try:
        studio = connect(start=False)
    except DaemonUnavailable:
        return
    with studio:
        pid = studio.info().pid
        studio.shut_down()
    with suppress(psutil.NoSuchProcess):
        _wait_for(psutil.Process(pid))


def _wait_for(process: psutil.Process) -> None:
    try:
        process.wait(_ENDING_S)
    except psutil.TimeoutExpired:
        process.kill()
        raise
