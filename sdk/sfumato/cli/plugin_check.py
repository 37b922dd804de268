"""`sfumato plugins check`: the conformance kit from the command line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

import click

from sfumato.cli.shapes import Setting, SettingType

if TYPE_CHECKING:
    from sfumato.parameters import Value
    from sfumato.testing import Verdict

KINDS: Final = ("sampler", "schedule", "guider", "conditioner", "preprocessor", "post-processor", "family")
_COLOURS: Final = {"passed": "green", "failed": "red", "crashed": "red", "warned": "yellow", "skipped": "bright_black"}


@click.command(
    short_help="Try whether a plugin keeps its contracts.",
    epilog="""\b
Examples:
  sfumato plugins check acme-swirl
  sfumato plugins check ./swirl.py --kind sampler
  sfumato plugins check acme-swirl --json > verdicts.json""",
)
@click.argument("plugin", metavar="DIST_OR_FILE")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, and nothing else.")
@click.option("--seed", default=0, show_default=True, help="What everything random in the checks follows from.")
@click.option("--kind", type=click.Choice(KINDS), default=None, help="Check contributions of this kind only.")
@click.option(
    "--set", "settings", type=SettingType(), multiple=True, metavar="ID.PARAM=VALUE",
    help="Check a contribution with this parameter, such as the path of a model that it needs.",
)  # fmt: skip
@click.option("--model", default="", metavar="PATH", help="A small model for the checks of model families.")
@click.option("--verbose", "-v", is_flag=True, help="Say what each check is about, and what it measured.")
def command(
    plugin: str, as_json: bool, seed: int, kind: str | None, settings: tuple[Setting, ...], model: str, verbose: bool
) -> None:
    """Try whether a plugin keeps its contracts, each check in a process of its own.

    DIST_OR_FILE is an installed distribution or a one-file plugin. Ends with 1 where a check failed or crashed. A
    warning is no failure; a check is skipped where there is nothing to check.
    """
    from sfumato.testing import Assignment, check_plugin

    verdicts = []
    for verdict in check_plugin(
        Assignment(plugin=plugin, seed=seed, settings=_by_contribution(settings), model=model), kind or ""
    ):
        verdicts.append(verdict)
        if not as_json:
            _print_verdict(verdict, verbose)
    if as_json:
        click.echo(json.dumps(as_data(plugin, seed, verdicts), indent=2))
    else:
        click.echo(_summary(verdicts))
    if any(verdict.bad for verdict in verdicts):
        raise SystemExit(1)


def as_data(plugin: str, seed: int, verdicts: Iterable[Verdict]) -> dict[str, object]:
    """What `--json` prints: plugin, seed, the count of each outcome, and every verdict."""
    rows = [verdict.to_json() for verdict in verdicts]
    counts = Counter(row["outcome"] for row in rows)
    return {"plugin": plugin, "seed": seed, "counts": dict(counts), "verdicts": rows}


def _print_verdict(verdict: Verdict, verbose: bool) -> None:
    if verdict.outcome in ("passed", "skipped") and not verbose:
        return
    outcome = click.style(f"{verdict.outcome:<8}", fg=_COLOURS[verdict.outcome])
    click.echo(f"{outcome} {verdict.case.name}{f': {verdict.said}' if verdict.said else ''}")
    if verbose:
        figures = ", ".join(f"{name} {value:g}" for name, value in verdict.figures.items())
        click.secho(f"         {verdict.case.description}{f' ({figures})' if figures else ''}", dim=True)
    if verdict.bad and verdict.printed:
        click.secho(f"         it printed: {verdict.printed}", dim=True)


def _summary(verdicts: Iterable[Verdict]) -> str:
    counts = Counter(verdict.outcome for verdict in verdicts)
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in _COLOURS if counts[outcome])


def _by_contribution(settings: Iterable[Setting]) -> Mapping[str, dict[str, Value]]:
    """The values by contribution and parameter; a number or a truth value where it reads as one."""
    found: dict[str, dict[str, Value]] = {}
    for setting in settings:
        found.setdefault(setting.owner, {})[setting.param] = _value(setting.text)
    return found


def _value(text: str) -> Value:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, bool | int | float) else text
