"""Presets: named workspaces, kept for the user in one file beside other settings of the host."""

import json
import os
import sys
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional

from .workspace import Workspace

VERSION = 1
_FILE = "presets.json"
#: What belongs to one picture and not to a way of working.
_NOT_KEPT = ("seed", "keep_seed", "regions")


def user_folder(host_name: str, environment: Optional[Mapping[str, str]] = None) -> Path:
    """Where a user's adapters keep what belongs to no document: in $SFUMATO_DATA_DIR, else the platform's place."""
    given = os.environ if environment is None else environment
    if given.get("SFUMATO_DATA_DIR"):
        base = Path(given["SFUMATO_DATA_DIR"])
    elif sys.platform == "win32":
        base = Path(given.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "sfumato"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support" / "sfumato"
    else:
        base = Path(given.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "sfumato"
    return base / "hosts" / host_name


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(path)


class Presets:
    """The presets in a folder. Each change is on disk when it returns; raises OSError where that cannot be."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE

    def names(self) -> List[str]:
        """Their names, sorted."""
        return sorted(self._read(), key=str.lower)

    def load(self, name: str, into: Workspace) -> Workspace:
        """A new workspace: the preset's settings, and of `into` what belongs to the picture. Raises KeyError."""
        kept = {field: into.to_json()[field] for field in _NOT_KEPT}
        return Workspace.from_json({**self._read()[name], **kept})

    def save(self, name: str, workspace: Workspace) -> None:
        """Keep a workspace under a name, which may be there already."""
        data = {field: value for field, value in workspace.to_json().items() if field not in _NOT_KEPT}
        self._write({**self._read(), name.strip() or "Preset": data})

    def delete(self, name: str) -> None:
        """Take a preset away; nothing happens where there is none."""
        self._write({each: data for each, data in self._read().items() if each != name})

    def _read(self) -> Dict[str, Any]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        rows = found.get("presets") if isinstance(found, dict) else None
        return {name: row for name, row in rows.items() if isinstance(row, dict)} if isinstance(rows, dict) else {}

    def _write(self, presets: Dict[str, Any]) -> None:
        data = {"version": VERSION, "presets": presets}
        write_whole(self._path, json.dumps(data, indent=1, sort_keys=True).encode("utf-8"))
