"""The connection to Sfumato, as this adapter opens it."""

from pathlib import Path
from typing import Callable, List, Optional

from core.installation import bridge_command, python_of
from core.session import Session
from gimp_libraries import Gimp

HOST = "gimp"


def new_session(folder: Path, wake: Callable[[], None]) -> Session:
    """A session whose bridge is that of the adapter in `folder`. `wake` comes from other threads."""

    def command() -> Optional[List[str]]:
        python = python_of(folder)
        return bridge_command(python) if python else None

    return Session(HOST, Gimp.version(), command, wake)
