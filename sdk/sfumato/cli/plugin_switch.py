"""`sfumato plugins disable`, `enable` and `reload`: what the worker loads, from its next job on."""

from __future__ import annotations

import json
from collections.abc import Iterable

import click

from sfumato import client, places, plugin_states
from sfumato.catalogue import PluginCard
from sfumato.cli.complaint import WrongRequest
from sfumato.cli.plugin_sheet import sheet
from sfumato.errors import DaemonUnavailable, NotPermitted
from sfumato.plugin_sources import BUILTIN
from sfumato.plugin_states import normal


@click.command(short_help="Load a plugin no more.")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, and nothing else.")
def disable(name: str, as_json: bool) -> None:
    """Load the plugin NAME no more. Jobs that run keep it; `sfumato plugins enable` brings it back."""
    if normal(name) == BUILTIN:
        raise WrongRequest(f"{BUILTIN} is the builtin plugin, without which nothing can be drawn; it stays")
    found = sheet(name)
    plugin_states.disable(places.data_dir(), found.name)
    _tell(found.name, as_json)


@click.command(short_help="Load a plugin again.")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, and nothing else.")
def enable(name: str, as_json: bool) -> None:
    """Load the plugin NAME again, whether it was disabled or set aside for crashing the worker."""
    states = plugin_states.read(places.data_dir())
    known = name if states.of(name) else sheet(name).name
    plugin_states.enable(places.data_dir(), known)
    _tell(known, as_json)


@click.command(short_help="Look for plugins that are new, gone or changed.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, and nothing else.")
def reload(as_json: bool) -> None:
    """Look for plugins that are new, gone or changed. Jobs that run keep theirs.

    One-file plugins are looked at before every job anyway. A distribution that was loaded once stays as it was until
    the worker ends: after an upgrade, stop the daemon.
    """
    with client.connect() as studio:
        cards = studio.reload_plugins()
    if as_json:
        click.echo(json.dumps([_row(card) for card in cards], indent=2))
        return
    _print(cards)


def _tell(name: str, as_json: bool) -> None:
    """Say what became of it, after a daemon that runs has taken notice."""
    loaded = _reloaded()
    now = _state(name, loaded)
    if as_json:
        click.echo(json.dumps({"name": name, "state": now, "in_use": bool(loaded)}, indent=2))
        return
    when = "from the next job on" if loaded else "when the daemon starts its worker next"
    click.echo(f"{name} is {now}, {when}")


def _state(name: str, cards: Iterable[PluginCard]) -> str:
    """The state of a plugin as the worker has just said it, else as the file has it."""
    told = next((card.state for card in cards if normal(card.name) == normal(name)), None)
    state = plugin_states.read(places.data_dir()).of(name)
    return told or (state[0] if state else "enabled")


def _reloaded() -> tuple[PluginCard, ...]:
    """All plugins after the worker of this machine's daemon has looked; none where no worker runs."""
    try:
        with client.connect(start=False) as studio:
            return studio.reload_plugins() if studio.info().worker.state == "ready" else ()
    except (DaemonUnavailable, NotPermitted):
        return ()


def _print(cards: Iterable[PluginCard]) -> None:
    for card in cards:
        click.echo(f"{card.name} {card.version}  {card.state}")
        if card.error:
            click.secho(f"    {card.error}", dim=True)


def _row(card: PluginCard) -> dict[str, str]:
    return {"name": card.name, "version": card.version, "state": card.state, "error": card.error}
