"""The Blender adapter as one zip, an extension and an add-on in one, and a folder that serves as a repository of it.

https://docs.blender.org/manual/en/latest/advanced/extensions/: the manifest, and a static repository's index.json.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sfumato.cli.whole_file import replace_file

MANIFEST: Final = "blender_manifest.toml"
INDEX: Final = "index.json"
_NAME: Final = "sfumato"
#: The same files make the same zip, byte for byte: no times of this machine.
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
_MODE: Final = 0o644 << 16
_LEFT_OUT: Final = ("__pycache__",)


def build(adapter: Path, core: Path, note: dict[str, Any], folder: Path) -> Path:
    """Write the zip of the adapter's package and the core into a folder; its path. Raises OSError.

    Everything lies in one folder of the zip: before 4.2 Blender takes it for an add-on, from there on for an extension.
    """
    version = tomllib.loads((adapter / MANIFEST).read_text(encoding="utf-8"))["version"]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_NAME}-{version}.zip"
    part = path.with_name(f".{path.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name, data in sorted(_files(adapter, core, note)):
                entry = zipfile.ZipInfo(f"{_NAME}/{name}", _LONG_AGO)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, _MODE
                archive.writestr(entry, data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def write_index(folder: Path) -> Path:
    """Write the index of all of our zips in a folder, as `blender --command extension server-generate` would."""
    rows = [row for path in sorted(folder.glob(f"{_NAME}-*.zip")) for row in _row(path)]
    index = {"version": "v1", "blocklist": [], "data": rows}
    replace_file(folder / INDEX, (json.dumps(index, indent=2) + "\n").encode())
    return folder / INDEX


def _files(adapter: Path, core: Path, note: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    for root, below in ((adapter, ""), (core, "core/")):
        for path in root.rglob("*"):
            inside = path.relative_to(root)
            hidden = any(part in _LEFT_OUT or part.startswith(".") for part in inside.parts)
            if path.is_file() and not hidden and path.suffix in (".py", ".toml"):
                yield below + inside.as_posix(), path.read_bytes()
    yield "sfumato.json", (json.dumps(note, indent=2) + "\n").encode()


def _row(path: Path) -> Iterator[dict[str, Any]]:
    """What the index says of a zip; nothing where it holds no manifest."""
    with zipfile.ZipFile(path) as archive:
        if f"{_NAME}/{MANIFEST}" not in archive.namelist():
            return
        manifest = tomllib.loads(archive.read(f"{_NAME}/{MANIFEST}").decode())
    data = path.read_bytes()
    told = {name: value for name, value in manifest.items() if name != "build"}
    yield told | {
        "archive_url": f"./{path.name}",
        "archive_size": len(data),
        "archive_hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
    }
