"""Where Sfumato's own Python is: written beside the adapter when it was installed."""

import json
import os
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional

#: In the adapter's folder, beside `core`: {"python": "/path/of/python", "command": [how a bridge is started]}.
FILE = "sfumato.json"
VARIABLE = "SFUMATO_PYTHON"
#: What starts a program outside of a Flatpak.
_LEAVES_FLATPAK = "flatpak-spawn"

#: What a host sets for its own Python and libraries, and which would break another Python.
_HOST_ONLY = (
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONSTARTUP",
    "PYTHONEXECUTABLE",
    "PYTHONNOUSERSITE",
    "PYTHONOPTIMIZE",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONUNBUFFERED",
    "PYTHONIOENCODING",
    "__PYVENV_LAUNCHER__",
    "VIRTUAL_ENV",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "DYLD_LIBRARY_PATH",
    "DYLD_FRAMEWORK_PATH",
    "DYLD_INSERT_LIBRARIES",
    "GI_TYPELIB_PATH",
    "QT_PLUGIN_PATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
)


def python_of(folder: Path, environment: Optional[Mapping[str, str]] = None) -> Optional[Path]:
    """The Python that runs the bridge of the adapter in `folder`: $SFUMATO_PYTHON, else what its file names.

    None where neither names a file that is there.
    """
    given = (os.environ if environment is None else environment).get(VARIABLE) or _written(folder / FILE)
    path = Path(given) if given else None
    return path if path and path.is_file() else None


def command_of(folder: Path, environment: Optional[Mapping[str, str]] = None) -> Optional[List[str]]:
    """The command line of a bridge for the adapter in `folder`; None where no Python is known.

    From inside a Flatpak the Python cannot be seen: what was installed there names a command that leaves it.
    """
    given = (os.environ if environment is None else environment).get(VARIABLE)
    command = _noted(folder / FILE).get("command")
    if not given and isinstance(command, list) and command and command[0] == _LEAVES_FLATPAK:
        return [str(word) for word in command]
    python = python_of(folder, environment)
    return bridge_command(python) if python else None


def bridge_command(python: Path) -> List[str]:
    """The command line of a bridge. -P: nothing of the folder that the host works in is imported."""
    return [str(python), "-P", "-m", "sfumato.bridge"]


def child_environment(environment: Optional[Mapping[str, str]] = None) -> Dict[str, str]:
    """The environment without what the host set for its own Python and libraries."""
    given = os.environ if environment is None else environment
    return {name: value for name, value in given.items() if name.upper() not in _HOST_ONLY}


def _written(path: Path) -> str:
    python = _noted(path).get("python")
    return python if isinstance(python, str) else ""


def _noted(path: Path) -> Dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
