"""Where Krita, GIMP and Blender keep what their users add to them, on every platform and in every packaging."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sfumato.cli.complaint import WrongRequest

HOSTS: Final = ("krita", "gimp", "blender")
TITLES: Final = {"krita": "Krita", "gimp": "GIMP", "blender": "Blender"}
FLATPAK, SNAP = "Flatpak", "Snap"
#: The ids under which Flatpak keeps a folder for each.
FLATPAK_IDS: Final = {"krita": "org.kde.krita", "gimp": "org.gimp.GIMP", "blender": "org.blender.Blender"}

#: From 4.2 on, Blender has extensions; before, add-ons. Older ones than 3.4 are not supported.
_FIRST_EXTENSIONS: Final = (4, 2)
_FIRST_BLENDER: Final = (3, 4)
_EXTENSIONS: Final = ("extensions", "user_default")
_ADDONS: Final = ("scripts", "addons")
_SHELVES: Final = {"krita": (("pykrita",),), "gimp": (("plug-ins",),), "blender": (_EXTENSIONS, _ADDONS)}
_GIMP_COMMANDS: Final = ("gimp-3.0", "gimp-3.2")
_VERSION: Final = re.compile(r"(\d+)\.(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What tells where folders are: `system` as sys.platform has it, the environment, and the user's home."""

    system: str
    environment: Mapping[str, str]
    home: Path

    @classmethod
    def here(cls) -> Machine:
        """The one that this runs on."""
        return cls(system=sys.platform, environment=os.environ, home=Path.home())

    def named(self, variable: str, *otherwise: str) -> Path:
        """The folder that a variable names, or one below the home."""
        given = self.environment.get(variable)
        return Path(given) if given else self.home.joinpath(*otherwise)

    def has(self, command: str) -> bool:
        """Whether there is such a program on the path."""
        return shutil.which(command, path=self.environment.get("PATH", "")) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder in which a host looks for plug-ins: `shelf` holds a folder for each.

    `title` names the program to its user. `sandbox` is Flatpak, Snap or nothing; `settings` is Krita's kritarc.
    """

    host: str
    title: str
    shelf: Path
    sandbox: str = ""
    settings: Path | None = None

    @property
    def package(self) -> Path:
        """The folder that is ours."""
        return self.shelf / "sfumato"

    @property
    def is_legacy(self) -> bool:
        """Whether a Blender from before extensions reads it."""
        return self.shelf.parts[-2:] == _ADDONS


def found(host: str, machine: Machine) -> list[Place]:
    """Every place of a host that is there, or whose program is."""
    return list(dict.fromkeys({"krita": _krita, "gimp": _gimp, "blender": _blender}[host](machine)))


def chosen(host: str, folder: Path, machine: Machine) -> Place:
    """The place that a user names by its shelf, or by the folder that holds this. Raises WrongRequest."""
    folder = folder.expanduser().absolute()
    if not folder.is_dir():
        raise WrongRequest(f"--to: no folder {folder}; name the one that {TITLES[host]} keeps its user's files in")
    shelf = _shelf_in(host, folder)
    known = next((place for place in found(host, machine) if place.shelf == shelf), None)
    sandbox = FLATPAK if FLATPAK_IDS[host] in shelf.parts else ""
    return known or Place(host=host, title=TITLES[host], shelf=shelf, sandbox=sandbox)


def _shelf_in(host: str, folder: Path) -> Path:
    for parts in _SHELVES[host]:
        if folder.parts[-len(parts) :] == parts:
            return folder
    version = _version(folder.name)
    is_old = host == "blender" and version is not None and version < _FIRST_EXTENSIONS
    return folder.joinpath(*_SHELVES[host][-1 if is_old else 0])


def _krita(machine: Machine) -> Iterator[Place]:
    match machine.system:
        case "win32":
            roaming = machine.named("APPDATA", "AppData", "Roaming")
            local = machine.named("LOCALAPPDATA", "AppData", "Local")
            rows = [("", roaming / "krita", local / "kritarc")]
            stores = sorted(local.glob("Packages/*Krita_*/LocalCache"))
            rows += [("Microsoft Store", store / "Roaming/krita", store / "Local/kritarc") for store in stores]
        case "darwin":
            library = machine.home / "Library"
            rows = [("", library / "Application Support/krita", library / "Preferences/kritarc")]
        case _:
            data, config = (
                machine.named("XDG_DATA_HOME", ".local", "share"),
                machine.named("XDG_CONFIG_HOME", ".config"),
            )
            flatpak, snap = _flatpak("krita", machine), machine.home / "snap/krita/current"
            rows = [
                ("", data / "krita", config / "kritarc"),
                (FLATPAK, flatpak / "data/krita", flatpak / "config/kritarc"),
                (SNAP, snap / ".local/share/krita", snap / ".config/kritarc"),
            ]
    for kind, folder, settings in rows:
        if folder.is_dir() or settings.is_file() or (not kind and machine.has("krita")):
            title = f"Krita ({kind})" if kind else "Krita"
            sandbox = kind if kind in (FLATPAK, SNAP) else ""
            yield Place(host="krita", title=title, shelf=folder / "pykrita", sandbox=sandbox, settings=settings)


def _gimp(machine: Machine) -> Iterator[Place]:
    given = machine.environment.get("GIMP3_DIRECTORY")
    if given:  # GIMP takes a relative one from the home
        yield Place(host="gimp", title="GIMP ($GIMP3_DIRECTORY)", shelf=machine.home / given / "plug-ins")
    for kind, folder in _roots("gimp", machine):
        if given and not kind:
            continue
        versions = {each.name for each in _versioned(folder) if (_version(each.name) or (0,))[0] == 3}
        if not kind:
            versions |= {command.rpartition("-")[2] for command in _GIMP_COMMANDS if machine.has(command)}
        for version in sorted(versions):
            yield _place("gimp", version, kind, folder / version / "plug-ins")


def _blender(machine: Machine) -> Iterator[Place]:
    for kind, folder in _roots("blender", machine):
        for each in _versioned(folder):
            version = _version(each.name) or (0, 0)
            if version >= _FIRST_BLENDER:
                parts = _EXTENSIONS if version >= _FIRST_EXTENSIONS else _ADDONS
                yield _place("blender", each.name, kind, each.joinpath(*parts))


def _place(host: str, version: str, kind: str, shelf: Path) -> Place:
    title = " ".join(filter(None, (TITLES[host], version, f"({kind})" if kind else "")))
    return Place(host=host, title=title, shelf=shelf, sandbox=kind)


def _roots(host: str, machine: Machine) -> list[tuple[str, Path]]:
    """The folders that hold one for each version, with the sandbox in which the program lives."""
    vendor = {"gimp": "GIMP", "blender": "Blender Foundation/Blender"}[host]
    match machine.system:
        case "win32":
            return [("", machine.named("APPDATA", "AppData", "Roaming") / vendor)]
        case "darwin":
            return [("", machine.home / "Library/Application Support" / vendor.rpartition("/")[2])]
        case _:
            name = {"gimp": "GIMP", "blender": "blender"}[host]
            rows = [
                ("", machine.named("XDG_CONFIG_HOME", ".config") / name),
                (FLATPAK, _flatpak(host, machine) / "config" / name),
            ]
            # Blender's Snap is not confined: it has the folders of everybody.
            return rows + ([(SNAP, machine.home / "snap/gimp/current/.config" / name)] if host == "gimp" else [])


def _flatpak(host: str, machine: Machine) -> Path:
    return machine.home / ".var/app" / FLATPAK_IDS[host]


def _versioned(folder: Path) -> list[Path]:
    """The folders in it whose names are versions, the oldest first."""
    there = [each for each in folder.iterdir() if each.is_dir()] if folder.is_dir() else []
    named = [(version, each) for each in there if (version := _version(each.name))]
    return [each for _, each in sorted(named)]


def _version(name: str) -> tuple[int, int] | None:
    match = _VERSION.fullmatch(name)
    return (int(match[1]), int(match[2])) if match else None
