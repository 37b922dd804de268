"""The adapters that this installation of Sfumato brings along, and how one gets into a host's folder and out again."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from sfumato.cli import blender_package, kritarc
from sfumato.cli.complaint import Complaint
from sfumato.cli.host_places import FLATPAK, TITLES, Place
from sfumato.cli.whole_file import replace_file

#: In the adapter's folder: which Sfumato it belongs to and how its bridge is started. It makes the folder ours.
NOTE: Final = "sfumato.json"
#: In the folder of the host, beside the adapter's own.
_BESIDE: Final = {"krita": (("sfumato.desktop", "."), ("sfumato.action", "../actions"))}
_BRIDGE: Final = ("-P", "-m", "sfumato.bridge")
_FRESH, _OLD = ".sfumato-new", ".sfumato-old"
_IGNORED: Final = shutil.ignore_patterns("__pycache__", "*.py[co]", ".*_cache")


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What is in a place: our adapter of this `version`, or with "" something that is not ours."""

    version: str
    note: dict[str, Any]


def installed(place: Place) -> Installed | None:
    """What is in the adapter's place; None where nothing is."""
    if not os.path.lexists(place.package):
        return None
    try:
        note = json.loads((place.package / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        note = {}
    is_ours = isinstance(note, dict) and isinstance(note.get("version"), str) and not place.package.is_symlink()
    return Installed(version=note["version"], note=note) if is_ours else Installed(version="", note={})


def install(place: Place) -> None:
    """Put the adapter there, in the place of an older one of ours.

    Raises Complaint where the adapter is missing here or something else is there, and OSError.
    """
    source, before = _adapter(place.host), _ours(place)
    note = _note(place, before)
    fresh, old = place.shelf / _FRESH, place.shelf / _OLD
    _remove(fresh, old)
    place.shelf.mkdir(parents=True, exist_ok=True)
    try:
        _copy(source, fresh, place.host)
        if place.settings:
            note["kritarc"] = kritarc.enable(place.settings) or note["kritarc"]
        (fresh / NOTE).write_text(json.dumps(note, indent=2) + "\n", encoding="utf-8")
        if before:
            place.package.rename(old)
        fresh.rename(place.package)
    finally:
        _remove(fresh)
    _remove(old)
    for name, path in _beside(place):
        replace_file(path, (source / name).read_bytes())


def uninstall(place: Place) -> bool:
    """Take out what `install` put there; false where nothing was. Raises Complaint, OSError."""
    before, beside = _ours(place), [path for _, path in _beside(place) if path.exists()]
    if before is None and not beside:
        return False
    note = before.note if before else {}
    if place.settings:
        kritarc.disable(place.settings, str(note.get("kritarc", "")))
    for path in beside:
        path.unlink()
    _remove(place.shelf / _FRESH, place.shelf / _OLD, place.package)
    for folder in map(Path, note.get("made", ())):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    return True


def package(folder: Path, *, portable: bool) -> tuple[Path, Path]:
    """The Blender adapter as a zip in a folder, and the folder's index as a repository. Raises Complaint, OSError.

    A `portable` one knows no Python of this machine: whoever installs it names theirs in Blender's preferences.
    """
    note: dict[str, Any] = {"version": version("sfumato")}
    if not portable:
        note |= {"python": sys.executable, "command": [sys.executable, *_BRIDGE]}
    archive = blender_package.build(_adapter("blender") / "sfumato", _root() / "core", note, folder)
    return archive, blender_package.write_index(folder)


def is_here(host: str) -> bool:
    """Whether this installation of Sfumato has the adapter."""
    return (_root() / host / "sfumato").is_dir()


def bridge_command(place: Place) -> list[str]:
    """What starts a bridge from inside the host. A Flatpak has to ask for a program outside."""
    command = [sys.executable, *_BRIDGE]
    return ["flatpak-spawn", "--host", "--watch-bus", *command] if place.sandbox == FLATPAK else command


def _root() -> Path:
    """Beside the package in a wheel, in the repository where that is installed editably."""
    package = Path(__file__).parents[1]
    shipped = package / "_host_adapters"
    return shipped if shipped.is_dir() else package.parents[1] / "host_adapters"


def _adapter(host: str) -> Path:
    if not is_here(host):
        said = f"the adapter for {TITLES[host]} is not part of this installation of Sfumato {version('sfumato')}"
        raise Complaint(f"{said}; a newer one may have it: pip install --upgrade sfumato")
    return _root() / host


def _copy(source: Path, target: Path, host: str) -> None:
    shutil.copytree(source / "sfumato", target, ignore=_IGNORED)
    shutil.copytree(_root() / "core", target / "core", ignore=_IGNORED, dirs_exist_ok=True)
    if host == "gimp":  # which starts only what may be executed
        (target / "sfumato.py").chmod(0o755)


def _ours(place: Place) -> Installed | None:
    there = installed(place)
    if there and not there.version:
        said = f"{place.package} is there and was not put there by `sfumato hosts install`; it stays as it is"
        raise Complaint(f"{said}. Move it away, or choose another folder with --to")
    return there


def _note(place: Place, before: Installed | None) -> dict[str, Any]:
    """What is written beside the adapter; what `uninstall` has to undo stays what the first installation did."""
    kept = before.note if before else {"made": _missing(place)}
    undone = {"made": kept.get("made", []), "kritarc": kept.get("kritarc", "")}
    return {"version": version("sfumato"), "python": sys.executable, "command": bridge_command(place), **undone}


def _beside(place: Place) -> Iterator[tuple[str, Path]]:
    for name, folder in _BESIDE.get(place.host, ()):
        yield name, Path(os.path.normpath(place.shelf / folder / name))


def _missing(place: Place) -> list[str]:
    """The folders that have to be made, the deepest first."""
    needed = [place.shelf, *(path.parent for _, path in _beside(place))]
    absent = {each for folder in needed for each in (folder, *folder.parents) if not each.exists()}
    return [str(each) for each in sorted(absent, key=lambda each: -len(each.parts))]


def _remove(*folders: Path) -> None:
    for folder in folders:
        if folder.is_dir():
            shutil.rmtree(folder)
