"""Where Sfumato keeps its things on this machine; everybody who must agree on it asks here."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Final

import platformdirs

DATA_DIR_VARIABLE: Final = "SFUMATO_DATA_DIR"
RUNTIME_DIR_VARIABLE: Final = "SFUMATO_RUNTIME_DIR"
PLUGINS_VARIABLE: Final = "SFUMATO_PLUGINS"
PLUGINS_DIR_VARIABLE: Final = "SFUMATO_PLUGINS_DIR"

#: In the data folder: what the last worker could do.
CATALOGUE_FILE: Final = "catalogue.json"

#: With it a daemon ends that finds another one in its folders.
IN_USE_STATUS: Final = 3
#: In the runtime folder: where the running daemon is, and of which folder it takes one-file plugins.
ANNOUNCEMENT_FILE: Final = "daemon.json"


def data_dir() -> Path:
    """$SFUMATO_DATA_DIR, or the platform's place for a user's data: journal, assets, models, logs."""
    given = os.environ.get(DATA_DIR_VARIABLE)
    return Path(given).absolute() if given else platformdirs.user_data_path("sfumato", appauthor=False)


def runtime_dir() -> Path:
    """$SFUMATO_RUNTIME_DIR, or the platform's place for sockets: here the daemon announces itself."""
    given = os.environ.get(RUNTIME_DIR_VARIABLE)
    if given:
        return Path(given).absolute()
    with warnings.catch_warnings():
        # Without a login session there is no XDG_RUNTIME_DIR; platformdirs then finds a folder that is ours alone.
        warnings.simplefilter("ignore", UserWarning)
        return platformdirs.user_runtime_path("sfumato", appauthor=False)


def plugins_dir() -> Path | None:
    """$SFUMATO_PLUGINS_DIR, the folder of one-file plugins; None where there is none."""
    given = os.environ.get(PLUGINS_DIR_VARIABLE)
    return Path(given).absolute() if given else None


def environment() -> dict[str, str]:
    """Under it a process that works in another folder agrees with this one on all these places."""
    places = {DATA_DIR_VARIABLE: data_dir(), RUNTIME_DIR_VARIABLE: runtime_dir(), PLUGINS_DIR_VARIABLE: plugins_dir()}
    return {name: str(path) for name, path in places.items() if path}


def allowed_plugins() -> tuple[str, ...] | None:
    """The distributions that $SFUMATO_PLUGINS names, comma-separated; none at all if it is empty, None if not set."""
    given = os.environ.get(PLUGINS_VARIABLE)
    return None if given is None else tuple(name for each in given.split(",") if (name := each.strip()))
