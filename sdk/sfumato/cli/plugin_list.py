"""`sfumato plugins list`: every plugin and its state."""

from __future__ import annotations

import json

import click

from sfumato.cli.columns import print_columns
from sfumato.cli.plugin_sheet import sheets


@click.command(short_help="List all plugins and their states.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, and nothing else.")
def command(as_json: bool) -> None:
    """List the plugins of this machine: what is installed, and what the daemon's last worker said of it.

    States are working, broken, disabled, set-aside (it kept crashing the worker) and not loaded yet. No plugin is
    imported.
    """
    found = sheets()
    if as_json:
        click.echo(json.dumps([each.to_json() for each in found], indent=2))
        return
    rows = [(each.name, each.version, each.state, f"{len(each.contributions)}") for each in found]
    print_columns(("NAME", "VERSION", "STATE", "CONTRIBUTIONS"), rows)
    if any(each.state in ("broken", "set-aside") for each in found):
        click.secho("`sfumato plugins doctor` says what is wrong and what to do", fg="yellow", err=True)
