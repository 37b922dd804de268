"""`sfumato plugins doctor`: what is wrong with plugins, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from sfumato import places, plugin_states
from sfumato.cli.plugin_sheet import NOT_LOADED, Sheet, faults, sheets


@click.command(short_help="Say what is wrong with plugins, and what to do.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, and nothing else.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Say what is wrong with plugins, whose fault it is, and what to do. No plugin is imported.

    Ends with 1 where something is not in order.
    """
    found = [*faults(), *_settings()]
    if as_json:
        click.echo(json.dumps([each.to_json() for each in found], indent=2))
    for each in () if as_json else found:
        mark = click.style("!!", fg="red")
        click.echo(f"{mark}  {each.name} {each.version}".rstrip() + f"  {each.state}\n    {each.error}")
    if not found and not as_json:
        click.echo(f"{click.style('ok', fg='green')}  {_all_clear()}")
    if found:
        ctx.exit(1)


def _all_clear() -> str:
    """What can be said where nothing is wrong: of what no worker has loaded, nothing is known."""
    untried = [each.name for each in sheets() if each.state == NOT_LOADED]
    if not untried:
        return "nothing is wrong with any plugin"
    return f"nothing is known to be wrong; `sfumato plugins reload` loads what never was: {', '.join(untried)}"


def _settings() -> Iterator[Sheet]:
    """What is wrong with where plugins are looked for."""
    folder = places.plugins_dir()
    if folder and not folder.is_dir():
        said = f"no folder {folder}; make it, or correct {places.PLUGINS_DIR_VARIABLE}"
        yield Sheet(name=places.PLUGINS_DIR_VARIABLE, version="", state="broken", error=said)
    path = places.data_dir() / plugin_states.FILE_NAME
    if path.exists():
        try:
            json.loads(path.read_bytes())
        except ValueError as error:
            said = f"{path} cannot be read ({error}) and is ignored; delete it, and disable again what it named"
            yield Sheet(name=plugin_states.FILE_NAME, version="", state="broken", error=said)
