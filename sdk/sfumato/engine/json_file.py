"""Small JSON files that are there whole or not at all."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

from sfumato.errors import StorageFull


def read(path: Path) -> dict[str, Any]:
    """The object in `path`; empty where there is no file. Raises ValueError when it holds something else."""
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    if not isinstance(found, dict):
        raise ValueError(f"{path} holds {type(found).__name__}, expected an object")
    return found


def write(path: Path, content: dict[str, Any]) -> None:
    """Replace `path` in one step, so that a crash leaves the old file or the new one. Raises StorageFull."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8") as file:
            json.dump(content, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        if error.errno == errno.ENOSPC:
            raise StorageFull(f"no room on the disk for {path}; free some and try again", path=path) from error
        raise
