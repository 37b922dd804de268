"""`sfumato hosts`: Sfumato's adapters for Krita, GIMP and Blender, put where these programs look for plug-ins."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from sfumato.cli import host_adapters
from sfumato.cli.columns import print_columns
from sfumato.cli.complaint import Complaint
from sfumato.cli.host_places import FLATPAK, FLATPAK_IDS, HOSTS, SNAP, TITLES, Machine, Place, chosen, found

#: What to do next in the program.
_NEXT: Final = {
    "krita": "restart Krita; Settings > Dockers > Sfumato",
    "gimp": "restart GIMP; Filters > Sfumato",
    "blender": "restart Blender; Edit > Preferences > Add-ons, tick Sfumato",
}
_TICK_IN_KRITA: Final = "Settings > Configure Krita > Python Plugin Manager, tick Sfumato"

_host = click.argument("host", type=click.Choice(HOSTS))
_to = click.option(
    "--to", "folder", metavar="DIR", type=click.Path(path_type=Path),
    help="Only this folder of the program: the one that holds pykrita, plug-ins or extensions.",
)  # fmt: skip


@click.group(
    short_help="Put Sfumato into Krita, GIMP and Blender.",
    epilog="""\b
Examples:
  sfumato hosts list
  sfumato hosts install krita
  sfumato hosts uninstall gimp
  sfumato hosts package blender -o repository""",
)
def command() -> None:
    """Put Sfumato into Krita, GIMP and Blender, and take it out again.

    Nothing is installed into a program's own Python: its plug-in starts a bridge with the Python of this command.
    """


@command.command("list", short_help="Show where these programs are, and what they have of Sfumato.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, and nothing else.")
def list_(as_json: bool) -> None:
    """Show every Krita, GIMP and Blender of this user, and whether it has Sfumato's plug-in."""
    places = [place for host in HOSTS for place in found(host, Machine.here())]
    rows = [(place, _state(place)) for place in places]
    if as_json:
        click.echo(json.dumps([_row(place, state) for place, state in rows], indent=2))
        return
    if rows:
        cells = [(place.host, place.title, state, str(place.shelf)) for place, state in rows]
        print_columns(("HOST", "PROGRAM", "SFUMATO", "FOLDER"), cells)
    for host in HOSTS:
        if not any(place.host == host for place in places):
            click.secho(f"no {TITLES[host]} of this user was found", dim=True)


@command.command(short_help="Put Sfumato into a program.")
@_host
@_to
def install(host: str, folder: Path | None) -> None:
    """Put Sfumato's plug-in into every HOST of this user, or into one with --to.

    An older one is replaced. What is not Sfumato's stays as it is.
    """

    def put(place: Place) -> None:
        host_adapters.install(place)
        click.echo(f"installed for {place.title}: {place.package}")
        for line in _advice(place):
            click.echo(f"  {line}")

    _each(_places(host, folder), put)


@command.command(short_help="Take Sfumato out of a program.")
@_host
@_to
def uninstall(host: str, folder: Path | None) -> None:
    """Take Sfumato's plug-in out of every HOST of this user, or out of one with --to, and leave nothing behind."""

    def take_out(place: Place) -> None:
        if host_adapters.uninstall(place):
            click.echo(f"removed from {place.title}: {place.package}")
            click.echo(f"  next: restart {TITLES[host]}")
        else:
            click.echo(f"{place.title} has no Sfumato; nothing was changed")

    _each(_places(host, folder), take_out)


@command.command(short_help="Make a zip of the Blender extension, and a repository of it.")
@click.argument("host", type=click.Choice(("blender",)))
@click.option(
    "-o",
    "--output",
    "folder",
    metavar="DIR",
    default=".",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the zip and index.json go.",
)
@click.option(
    "--portable", is_flag=True,
    help="For other machines: leave out where Sfumato's Python is on this one.",
)  # fmt: skip
def package(host: str, folder: Path, portable: bool) -> None:
    """Make a zip that Blender installs, as an extension from 4.2 on and as an add-on before.

    The folder is a static repository as well: put it on any web server, or name it as a local file.
    """
    path, index = host_adapters.package(folder, portable=portable)
    click.echo(f"made {path}")
    click.echo("  in Blender: Edit > Preferences > Get Extensions > (the arrow above) > Install from Disk")
    click.echo("  before Blender 4.2: Edit > Preferences > Add-ons > Install")
    click.echo(f"made {index}")
    click.echo("  in Blender: Get Extensions > Repositories > + > Add Remote Repository, with the address of this file")


def _places(host: str, folder: Path | None) -> list[Place]:
    machine = Machine.here()
    places = [chosen(host, folder, machine)] if folder else found(host, machine)
    if not places:
        said = f"no {TITLES[host]} of this user was found; start it once, so that it makes its folder"
        raise Complaint(f"{said}, or name that folder with --to DIR")
    return places


def _each(places: list[Place], work: Callable[[Place], None]) -> None:
    """Do it in every place; where it fails, the others have theirs all the same. Raises Complaint."""
    complaints = []
    for place in places:
        try:
            work(place)
        except (Complaint, OSError) as error:
            complaints.append(str(error))
    if complaints:
        raise Complaint("; ".join(complaints))


def _advice(place: Place) -> list[str]:
    """What to do next, in words."""
    lines = [f"next: {_NEXT[place.host]}"]
    if place.host == "krita":
        lines.append(f"if it is not there: {_TICK_IN_KRITA}" if place.settings else f"once: {_TICK_IN_KRITA}")
        lines.append("if Krita is open now, close it and run this command again: it writes its settings when it ends")
    if place.sandbox == FLATPAK:
        lines.append("it is a Flatpak, which starts Sfumato outside with flatpak-spawn --host; allow it that, once:")
        lines.append(f"flatpak override --user --talk-name=org.freedesktop.Flatpak {FLATPAK_IDS[place.host]}")
    if place.sandbox == SNAP:
        lines.append("it is a Snap, which may not let it start Sfumato outside; if so, use another package")
    return lines


def _state(place: Place) -> str:
    there = host_adapters.installed(place)
    if there is None:
        return "not installed"
    return there.version or "something else is there"


def _row(place: Place, state: str) -> dict[str, Any]:
    return {
        "host": place.host,
        "program": place.title,
        "folder": str(place.shelf),
        "sandbox": place.sandbox,
        "state": state,
    }
