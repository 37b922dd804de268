"""Where Sfumato's own Python is: written beside the adapter when it was installed."""

import json
import os
from pathlib import Path
from typing import Dict, List, Mapping, Optional

#: In the adapter's folder, beside `core`: {"python": "/path/of/python"}.
FILE = "sfumato.json"
VARIABLE = "SFUMATO_PYTHON"

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


def bridge_command(python: Path) -> List[str]:
    """The command line of a bridge. -P: nothing of the folder that the host works in is imported."""
    return [str(python), "-P", "-m", "sfumato.bridge"]


def child_environment(environment: Optional[Mapping[str, str]] = None) -> Dict[str, str]:
    """The environment without what the host set for its own Python and libraries."""
    given = os.environ if environment is None else environment
    return {name: value for name, value in given.items() if name.upper() not in _HOST_ONLY}


def _written(path: Path) -> str:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    python = found.get("python") if isinstance(found, dict) else None
    return python if isinstance(python, str) else ""
