"""The connection to Sfumato, as this adapter opens it."""

from pathlib import Path
from typing import Callable

from core.installation import command_of
from core.session import Session
from gimp_libraries import Gimp

HOST = "gimp"


def new_session(folder: Path, wake: Callable[[], None]) -> Session:
    """A session whose bridge is that of the adapter in `folder`. `wake` comes from other threads."""
    return Session(HOST, Gimp.version(), lambda: command_of(folder), wake)
