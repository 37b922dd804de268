"""`sfumato plugins show`: everything about one plugin."""

from __future__ import annotations

import json

import click

from sfumato.cli.plugin_sheet import sheet


@click.command(short_help="Show one plugin.")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, and nothing else.")
def command(name: str, as_json: bool) -> None:
    """Show the plugin NAME: where it is, how it is, and what it contributed when a worker loaded it last."""
    found = sheet(name)
    if as_json:
        click.echo(json.dumps(found.to_json(), indent=2))
        return
    click.echo(f"{found.name} {found.version}".rstrip())
    facts = {"state": found.state, "because": found.error, "file": found.path}
    for word, fact in facts.items():
        if fact:
            click.echo(f"  {word:<16}{fact}")
    for point in found.entry_points:
        click.echo(f"  {'entry point':<16}{point}")
    for card in found.contributions:
        click.echo(f"  {card.kind:<16}{click.style(card.id, fg='cyan')}  {card.label}")
